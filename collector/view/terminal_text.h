#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sidespan::collector {

/// What the terminal can show.
enum class TextStyle : std::uint8_t { utf8, ascii };

/// Text made safe for a terminal: control characters, characters that change the direction of writing or have
/// no width, and bytes that are not UTF-8 are written as escapes (`\n`, `\x1b`, `\u{202e}`). In the style
/// `ascii`, so are all characters beyond ASCII. A text of more than `limit` characters is cut, with its
/// length in bytes after it.
[[nodiscard]] std::string terminalText(std::string_view text, TextStyle style, std::size_t limit = 200);

/// `3.5 s`, `120 ms`, `94.2 ms`, `56 µs`: three digits, no trailing zeros.
[[nodiscard]] std::string durationText(std::int64_t nanos, TextStyle style);

}
