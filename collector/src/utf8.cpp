#include "utf8.h"

namespace sidespan::collector {

namespace {

struct Lead {
    std::size_t size;
    unsigned char secondLeast;
    unsigned char secondMost;
};

Lead classify(unsigned char lead) noexcept {
    if (lead < 0x80) return {1, 0, 0};
    if (lead < 0xc2) return {0, 0, 0};
    if (lead < 0xe0) return {2, 0x80, 0xbf};
    if (lead == 0xe0) return {3, 0xa0, 0xbf};
    if (lead == 0xed) return {3, 0x80, 0x9f};
    if (lead < 0xf0) return {3, 0x80, 0xbf};
    if (lead == 0xf0) return {4, 0x90, 0xbf};
    if (lead < 0xf4) return {4, 0x80, 0xbf};
    if (lead == 0xf4) return {4, 0x80, 0x8f};
    return {0, 0, 0};
}

}

Utf8Character readUtf8(std::string_view text) noexcept {
    if (text.empty()) return {};
    auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    auto lead = classify(byte(0));
    if (lead.size == 0 || text.size() < lead.size) return {};
    if (lead.size == 1) return {byte(0), 1};
    if (byte(1) < lead.secondLeast || byte(1) > lead.secondMost) return {};
    char32_t codePoint = byte(0) & (0xffU >> (lead.size + 1));
    for (std::size_t i = 1; i < lead.size; ++i) {
        if ((byte(i) & 0xc0U) != 0x80U) return {};
        codePoint = codePoint << 6U | (byte(i) & 0x3fU);
    }
    return {codePoint, lead.size};
}

bool isUtf8(std::string_view text) noexcept {
    while (!text.empty()) {
        auto character = readUtf8(text);
        if (character.size == 0) return false;
        text.remove_prefix(character.size);
    }
    return true;
}

}
