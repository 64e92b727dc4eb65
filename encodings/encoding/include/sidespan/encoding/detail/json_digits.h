#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include <sidespan/version.h>

#include <sidespan/encoding/detail/block.h>

/// Numbers and ids as digits, written where the caller has made room.
namespace sidespan::inline v0::detail {

/// 00 to 99.
inline constexpr auto twoDigits = [] {
    std::array<std::array<char, 2>, 100> table{};
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = {static_cast<char>('0' + i / 10), static_cast<char>('0' + i % 10)};
    return table;
}();

/// `value` is below 100.
inline void writeTwoDigits(char* to, std::uint32_t value) noexcept {
    std::memcpy(to, twoDigits[value].data(), 2);
}

inline char* writeUnsigned(char* to, std::uint64_t value) noexcept {
    if (value < 10) {
        *to = static_cast<char>('0' + value);
        return to + 1;
    }
    return std::to_chars(to, to + 20, value).ptr;
}

inline char* writeSigned(char* to, std::int64_t value) noexcept {
    return std::to_chars(to, to + 20, value).ptr;
}

/// The most characters that writeDouble() writes.
inline constexpr std::size_t mostDoubleDigits = 32;

/// Writes the number so that it reads back as exactly this double, with a point or an exponent. A number that
/// JSON lacks is written by name, in quotes.
char* writeDouble(char* to, double value) noexcept;

/// Sixteen lower-case hex digits.
inline char* writeHex(char* to, std::uint64_t value) noexcept {
#if defined(SIDESPAN_JSON_SSE2)
    const __m128i whole = _mm_cvtsi64_si128(static_cast<long long>(reverseBytes(value)));
    const __m128i mask = _mm_set1_epi8(0x0f);
    const __m128i high = _mm_and_si128(_mm_srli_epi16(whole, 4), mask);
    const __m128i nibbles = _mm_unpacklo_epi8(high, _mm_and_si128(whole, mask));
    const __m128i letters =
        _mm_and_si128(_mm_cmpgt_epi8(nibbles, _mm_set1_epi8(9)), _mm_set1_epi8('a' - '9' - 1));
    const __m128i digits = _mm_add_epi8(_mm_add_epi8(nibbles, _mm_set1_epi8('0')), letters);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), digits);
#else
    for (unsigned i = 0; i < 16; ++i) to[i] = "0123456789abcdef"[(value >> (60 - 4 * i)) & 0xfU];
#endif
    return to + 16;
}
inline char* writeHex(char* to, std::uint64_t high, std::uint64_t low) noexcept {
    return writeHex(writeHex(to, high), low);
}

/// Bytes as lower-case hex digits. Allocates.
[[nodiscard]] std::string hexOf(std::string_view bytes);

/// 36 characters, 8-4-4-4-12.
inline char* writeUuid(char* to, std::uint64_t high, std::uint64_t low) noexcept {
    char digits[32];
    writeHex(digits, high, low);
    std::memcpy(to, digits, 8);
    to[8] = '-';
    std::memcpy(to + 9, digits + 8, 4);
    to[13] = '-';
    std::memcpy(to + 14, digits + 12, 4);
    to[18] = '-';
    std::memcpy(to + 19, digits + 16, 4);
    to[23] = '-';
    std::memcpy(to + 24, digits + 20, 12);
    return to + 36;
}

}
