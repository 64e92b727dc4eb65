#pragma once

#include <cstddef>
#include <string_view>

namespace sidespan::collector {

/// A character at the beginning of `text`.
struct Utf8Character {
    char32_t codePoint = 0;
    std::size_t size = 0;  ///< in bytes; 0 when `text` does not begin with well-formed UTF-8
};

/// Reads one character by the Unicode standard, table 3-7: no overlong form, no surrogate, nothing past
/// U+10FFFF.
[[nodiscard]] Utf8Character readUtf8(std::string_view text) noexcept;

[[nodiscard]] bool isUtf8(std::string_view text) noexcept;

}
