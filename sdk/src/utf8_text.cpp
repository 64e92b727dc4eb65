#include <sidespan/detail/utf8_text.h>

#include <algorithm>
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

// The bytes of one character: C0 and C1 controls, U+061C, U+200E to F, U+2028 to F, U+2060 to F.
bool isHarmful(std::uint32_t bytes) noexcept {
    return bytes < 0x20 || bytes == 0x7f || (bytes & ~0x1fU) == 0xc280 || bytes == 0xd89c ||
           (bytes & ~1U) == 0xe2808e || (bytes & ~7U) == 0xe280a8 || (bytes & ~15U) == 0xe281a0;
}

}

SIDESPAN_COLD std::string detail::excerpt(std::string_view text, char replacement) {
    std::string shown(cutText(text, 200));
    char* const end = shown.data() + shown.size();
    for (char* at = shown.data(); at != end;) {
        const auto sequence = utf8SequenceAt({at, static_cast<std::size_t>(end - at)});
        char* const from = at;
        std::uint32_t bytes = 0;
        for (const char* next = at + sequence.size; at != next; ++at)
            bytes = bytes << 8U | static_cast<unsigned char>(*at);
        if (!sequence.isValid || isHarmful(bytes)) std::fill(from, at, replacement);
    }
    return shown;
}

}
