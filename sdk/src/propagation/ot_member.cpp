#include <sidespan/detail/compiler.h>
#include <sidespan/detail/ot_member.h>

#include <string>
#include <string_view>

#include <sidespan/detail/header_text.h>
#include <sidespan/detail/hex.h>
#include <sidespan/detail/join.h>

namespace sidespan::inline v0::detail {
namespace {

constexpr std::string_view otKey = "ot";
constexpr std::size_t thresholdDigits = 14;  // of 56 bits

// The threshold's hex digits, without the zeros at the end.
std::string thresholdText(std::uint64_t threshold) {
    std::string text(thresholdDigits, '0');
    formatHex(text.data(), threshold, thresholdDigits);
    text.resize(std::max<std::size_t>(1, text.find_last_not_of('0') + 1));
    return text;
}

void append(std::string& to, std::string_view part) {
    if (!to.empty()) to += ';';
    to += part;
}

}

std::optional<std::uint64_t> explicitRandomness(const TraceState& state) noexcept {
    std::string_view rest = state.get(otKey).value_or(std::string_view());
    while (!rest.empty()) {
        std::string_view part = takeMember(rest, ';');
        if (!part.starts_with("rv:") || part.size() != 3 + thresholdDigits) continue;
        std::uint64_t value = 0;
        if (readHex(part.substr(3), value)) return value;
    }
    return std::nullopt;
}

SIDESPAN_COLD void setThreshold(TraceState& state, std::optional<std::uint64_t> threshold) {
    std::string value;
    if (threshold) value = join({"th:", thresholdText(*threshold)});
    std::string_view rest = state.get(otKey).value_or(std::string_view());
    while (!rest.empty()) {
        const std::string_view part = takeMember(rest, ';');
        if (!part.empty() && !part.starts_with("th:")) append(value, part);
    }
    if (value.empty()) {
        state.remove(otKey);
    } else if (!state.set(otKey, value)) {
        state.remove(otKey);  // too long; the old value is no longer true
    }
}

SIDESPAN_COLD void putThresholdFirst(TraceState& state) {
    if (const auto value = state.get(otKey)) state.set(otKey, std::string(*value));
}

}
