#include <array>

#include <sidespan/detail/compiler.h>
#include <sidespan/span_id.h>
#include <sidespan/trace_id.h>

#include "hex.h"

namespace sidespan::inline v0 {
namespace {

// Appends hex digits to a number; false at the first character that is not one.
bool readHex(std::string_view digits, std::uint64_t& value) noexcept {
    for (char c : digits) {
        const int digit = detail::hexValue(c);
        if (digit < 0) return false;
        value = (value << 4U) | static_cast<std::uint64_t>(digit);
    }
    return true;
}

void writeHex(std::uint64_t value, char* out) noexcept {
    for (int i = 15; i >= 0; --i) {
        out[i] = detail::hexDigits[value & 0xfU];
        value >>= 4U;
    }
}

}

std::optional<TraceId> TraceId::parse(std::string_view text) noexcept {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    bool ok = false;
    if (text.size() == 32) {
        ok = readHex(text.substr(0, 16), high) && readHex(text.substr(16), low);
    } else if (text.size() == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-') {
        ok = readHex(text.substr(0, 8), high) && readHex(text.substr(9, 4), high) &&
             readHex(text.substr(14, 4), high) && readHex(text.substr(19, 4), low) &&
             readHex(text.substr(24), low);
    }
    const TraceId id(high, low);
    return ok && id.isValid() ? std::optional(id) : std::nullopt;
}

std::string TraceId::toHex() const {
    std::string text(32, '0');
    writeHex(high_, text.data());
    writeHex(low_, text.data() + 16);
    return text;
}

SIDESPAN_COLD std::string TraceId::toUuid() const {
    auto text = toHex();
    for (std::size_t at : {8U, 13U, 18U, 23U}) text.insert(at, 1, '-');
    return text;
}

std::optional<SpanId> SpanId::parse(std::string_view text) noexcept {
    std::uint64_t value = 0;
    if (text.size() != 16 || !readHex(text, value) || value == 0) return std::nullopt;
    return SpanId(value);
}

std::string SpanId::toHex() const {
    std::string text(16, '0');
    writeHex(value_, text.data());
    return text;
}

}
