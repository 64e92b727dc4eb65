#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <sidespan/version.h>

/// UTF-8 as JSON (RFC 8259, section 8.1) and baggage need it: text that is not valid is repaired, never
/// refused.
namespace sidespan::inline v0 {

/// U+FFFD, which replaces bytes that are not UTF-8.
inline constexpr std::string_view replacementCharacter = "\xEF\xBF\xBD";

/// The beginning of a run of bytes.
struct Utf8Sequence {
    std::size_t size;  ///< bytes to pass over; at least 1
    bool isValid;      ///< one code point; else the bytes stand for one U+FFFD
};

/// Looks at the start of `text`, which is not empty. Overlong forms, surrogates and code points past U+10FFFF
/// are not valid; a broken sequence is as long as its longest valid beginning (Unicode 15, section 3.9,
/// "maximal subparts").
[[nodiscard]] constexpr Utf8Sequence utf8SequenceAt(std::string_view text) noexcept {
    const auto byteAt = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byteAt(0);
    if (lead < 0x80) return {1, true};
    const std::size_t size = lead < 0xC2 ? 0U : lead < 0xE0 ? 2U : lead < 0xF0 ? 3U : lead < 0xF5 ? 4U : 0U;
    if (size == 0) return {1, false};
    // Only the second byte's range depends on the first (Unicode 15, table 3-7).
    unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    for (std::size_t i = 1; i < size; ++i) {
        if (i == text.size() || byteAt(i) < low || byteAt(i) > high) return {i, false};
        low = 0x80;
        high = 0xBF;
    }
    return {size, true};
}

/// The text, with U+FFFD in place of bytes that are not UTF-8. Allocates.
[[nodiscard]] std::string toValidUtf8(std::string_view text);

namespace detail {

/// The first 200 bytes, for an error's text, which may be written to a terminal: `replacement` stands for
/// each byte of C0 and C1 controls, line separators, invisible characters, marks of direction, and of what is
/// not UTF-8.
[[nodiscard]] std::string excerpt(std::string_view text, char replacement);

}

/// How many code points a valid text has.
[[nodiscard]] constexpr std::size_t countCodePoints(std::string_view text) noexcept {
    std::size_t count = 0;
    for (char c : text) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1U : 0U;
    return count;
}

}
