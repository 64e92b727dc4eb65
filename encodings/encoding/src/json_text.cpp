#include <sidespan/encoding/detail/json_text.h>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/hex.h>
#include <sidespan/encoding/utf8.h>

namespace sidespan::inline v0::detail {
namespace {

// The character after the backslash of a short escape (RFC 8259, section 7); 0 if `c` has none.
constexpr char shortEscape(char c) noexcept {
    switch (c) {
        case '"':
            return '"';
        case '\\':
            return '\\';
        case '\b':
            return 'b';
        case '\f':
            return 'f';
        case '\n':
            return 'n';
        case '\r':
            return 'r';
        case '\t':
            return 't';
        default:
            return 0;
    }
}

char* writeEscape(char* to, char c) noexcept {
    *to++ = '\\';
    if (const char letter = shortEscape(c); letter != 0) {
        *to++ = letter;
        return to;
    }
    return formatHex(writeConstant(to, "u00"), static_cast<unsigned char>(c), 2);
}

}

char* writeNotPlain(char* to, std::string_view& text) noexcept {
    do {
        const Utf8Sequence sequence = utf8SequenceAt(text);
        if (sequence.size == 1 && sequence.isValid) {
            to = writeEscape(to, text.front());
        } else {
            const std::string_view written =
                sequence.isValid ? text.substr(0, sequence.size) : replacementCharacter;
            std::memcpy(to, written.data(), written.size());
            to += written.size();
        }
        text.remove_prefix(sequence.size);
    } while (!text.empty() && !isPlain(text.front()));
    return to;
}

SIDESPAN_COLD std::string escaped(std::string_view text) {
    std::string result(text.size() * mostEscaped + blockSize, '\0');
    result.resize(static_cast<std::size_t>(writeEscaped(result.data(), text) - result.data()));
    return result;
}

}
