#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <sidespan/detail/compiler.h>
#include <sidespan/version.h>

/// Hexadecimal digits, of ids and of percent-encoded text. What ids need is always inline, like setPoint():
/// plugins whose null sink links nothing else of ours have ids too.
namespace sidespan::inline v0::detail {

inline constexpr char hexDigits[] = "0123456789abcdef";

/// The value of a digit of either case; -1 for any other character.
constexpr int hexValue(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Writes the lowest `digits` digits of a number, in lower case. Returns their end.
SIDESPAN_ALWAYS_INLINE constexpr char* formatHex(char* to, std::uint64_t value, std::size_t digits) noexcept {
    for (; digits > 0; --digits) *to++ = hexDigits[(value >> (4 * (digits - 1))) & 0xfU];
    return to;
}

/// Appends hex digits to a number. False at the first character that is not one.
[[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr bool readHex(std::string_view digits,
                                                            std::uint64_t& value) noexcept {
    for (const char c : digits) {
        const int digit = hexValue(c);
        if (digit < 0) return false;
        value = (value << 4U) | static_cast<std::uint64_t>(digit);
    }
    return true;
}

/// A character, and how many of the text stand for it.
struct DecodedCharacter {
    char value;
    std::size_t size;
};

/// The character at `at`, which may be percent-encoded (RFC 3986, 2.1). A '%' without two digits after it is
/// itself.
[[nodiscard]] DecodedCharacter decodedAt(std::string_view text, std::size_t at) noexcept;
/// All characters of a text.
[[nodiscard]] std::string percentDecoded(std::string_view text);

}
