#include <sidespan/detail/utf8_text.h>

#include <cstdint>

#include <sidespan/detail/compiler.h>

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

SIDESPAN_COLD std::string detail::excerpt(std::string_view text, char replacement) {
    std::string shown(text.substr(0, 200));
    std::uint32_t bytes = 0;
    for (char& c : shown) {
        bytes = bytes << 8U | static_cast<unsigned char>(c);
        int harmful = 0;  // bytes, up to this one
        if ((bytes & 0xffU) < 0x20 || c == 0x7f) harmful = 1;
        if ((bytes & 0xffe0U) == 0xc280 || (bytes & 0xffffU) == 0xd89c) harmful = 2;  // U+0080 to 9F, U+061C
        const std::uint32_t three = bytes & 0xffffffU;
        if ((three & ~1U) == 0xe2808e || (three & ~7U) == 0xe280a8 || (three & ~15U) == 0xe281a0)
            harmful = 3;  // U+200E to F, U+2028 to F, U+2060 to F
        for (; harmful > 0; --harmful) *(&c - harmful + 1) = replacement;
    }
    return shown;
}

}
