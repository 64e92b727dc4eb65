#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <sidespan/detail/compiler.h>
#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

template <class Unit>
SIDESPAN_ALWAYS_INLINE void copyEnds(std::byte* to, const char* from, std::size_t size) noexcept {
    Unit first;
    Unit last;
    std::memcpy(&first, from, sizeof first);
    std::memcpy(&last, from + size - sizeof last, sizeof last);
    std::memcpy(to, &first, sizeof first);
    std::memcpy(to + size - sizeof last, &last, sizeof last);
}

/// Copies text with two overlapping moves when it is short: a memcpy of unknown size costs a call and its
/// dispatch.
SIDESPAN_ALWAYS_INLINE void copyText(std::byte* to, std::string_view text) noexcept {
    const std::size_t size = text.size();
    struct Block {
        std::uint64_t words[2];
    };
    if (size > 32) {
        std::memcpy(to, text.data(), size);
    } else if (size > 16) {
        copyEnds<Block>(to, text.data(), size);
    } else if (size >= 8) {
        copyEnds<std::uint64_t>(to, text.data(), size);
    } else if (size >= 4) {
        copyEnds<std::uint32_t>(to, text.data(), size);
    } else if (size > 0) {
        to[0] = static_cast<std::byte>(text[0]);
        to[size / 2] = static_cast<std::byte>(text[size / 2]);
        to[size - 1] = static_cast<std::byte>(text[size - 1]);
    }
}

/// The longest beginning of `text` that has at most `limit` bytes and does not end inside a UTF-8 sequence.
[[nodiscard]] constexpr std::string_view cutText(std::string_view text, std::size_t limit) noexcept {
    if (text.size() <= limit) return text;
    std::size_t size = limit;
    while (size > 0 && limit - size < 4 && (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80U) --size;
    return {text.data(), size};
}

}
