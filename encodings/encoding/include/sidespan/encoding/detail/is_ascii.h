#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// Whether each byte is below 0x80, so that the text is UTF-8 as it is.
[[nodiscard]] inline bool isAscii(std::string_view text) noexcept {
    constexpr std::uint64_t tops = 0x8080808080808080U;
    const auto wordOf = [](const char* from) {
        std::uint64_t word = 0;
        std::memcpy(&word, from, sizeof word);
        return word;
    };
    std::uint64_t bits = 0;
    if (text.size() < 8) {
        for (const char c : text) bits |= static_cast<unsigned char>(c);
        return (bits & 0x80U) == 0;
    }
    // The last word overlaps the one before it.
    for (std::size_t i = 0; i + 8 < text.size(); i += 8) bits |= wordOf(text.data() + i);
    return ((bits | wordOf(text.data() + text.size() - 8)) & tops) == 0;
}

}
