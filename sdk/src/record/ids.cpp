#include <sidespan/detail/compiler.h>
#include <sidespan/detail/hex.h>
#include <sidespan/span_id.h>
#include <sidespan/trace_id.h>

namespace sidespan::inline v0 {
namespace {

// readHex() once instead of at each of its seven places.
SIDESPAN_COLD bool readDigits(std::string_view digits, std::uint64_t& value) noexcept {
    return detail::readHex(digits, value);
}

}

std::optional<TraceId> TraceId::parse(std::string_view text) noexcept {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    bool ok = false;
    if (text.size() == 32) {
        ok = readDigits(text.substr(0, 16), high) && readDigits(text.substr(16), low);
    } else if (text.size() == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-') {
        ok = readDigits(text.substr(0, 8), high) && readDigits(text.substr(9, 4), high) &&
             readDigits(text.substr(14, 4), high) && readDigits(text.substr(19, 4), low) &&
             readDigits(text.substr(24), low);
    }
    const TraceId id(high, low);
    return ok && id.isValid() ? std::optional(id) : std::nullopt;
}

std::string TraceId::toHex() const {
    std::string text(32, '0');
    detail::formatHex(detail::formatHex(text.data(), high_, 16), low_, 16);
    return text;
}

SIDESPAN_COLD std::string TraceId::toUuid() const {
    auto text = toHex();
    for (std::size_t at : {8U, 13U, 18U, 23U}) text.insert(at, 1, '-');
    return text;
}

std::optional<SpanId> SpanId::parse(std::string_view text) noexcept {
    std::uint64_t value = 0;
    if (text.size() != 16 || !readDigits(text, value) || value == 0) return std::nullopt;
    return SpanId(value);
}

std::string SpanId::toHex() const {
    std::string text(16, '0');
    detail::formatHex(text.data(), value_, 16);
    return text;
}

}
