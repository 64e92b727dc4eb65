#include <sidespan/detail/utf8_text.h>

#include <cstdint>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/record/copy_text.h>

namespace sidespan::inline v0 {

std::string toValidUtf8(std::string_view text) {
    std::string valid;
    valid.reserve(text.size());
    while (!text.empty()) {
        const Utf8Sequence sequence = utf8SequenceAt(text);
        valid += sequence.isValid ? text.substr(0, sequence.size) : replacementCharacter;
        text.remove_prefix(sequence.size);
    }
    return valid;
}

namespace {

std::uint32_t codePointOf(std::string_view sequence) noexcept {
    const auto byteAt = [sequence](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
    std::uint32_t code = byteAt(0) & (sequence.size() == 1 ? 0x7fU : 0xffU >> (sequence.size() + 1));
    for (std::size_t i = 1; i < sequence.size(); ++i) code = code << 6U | (byteAt(i) & 0x3fU);
    return code;
}

bool isHarmful(std::uint32_t code) noexcept {
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c || (code & ~1U) == 0x200e ||
           (code & ~7U) == 0x2028 || (code & ~15U) == 0x2060;
}

}

SIDESPAN_COLD std::string detail::excerpt(std::string_view text, char replacement) {
    std::string shown;
    for (text = cutText(text, 200); !text.empty();) {
        const auto [size, isValid] = utf8SequenceAt(text);
        const auto sequence = text.substr(0, size);
        if (isValid && isHarmful(codePointOf(sequence))) {
            shown.append(size, replacement);
        } else {
            shown += isValid ? sequence : replacementCharacter;
        }
        text.remove_prefix(size);
    }
    return shown;
}

}
