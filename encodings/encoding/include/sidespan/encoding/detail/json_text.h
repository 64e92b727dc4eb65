#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include <sidespan/encoding/detail/block.h>

/// Characters of JSON strings, written where the caller has made room. Each function returns the end of what
/// it wrote and may overwrite up to 15 characters after it.
namespace sidespan::inline v0::detail {

/// The most characters of JSON that one character of text can take: U+0001 becomes six.
inline constexpr std::size_t mostEscaped = 6;

/// Escapes or repairs the characters at the start of `text` that are not plain, and removes them from it. The
/// first character must not be plain.
char* writeNotPlain(char* to, std::string_view& text) noexcept;

/// Writes text as it appears between the quotes of a JSON string. Every `TextBlock` gives the same result.
template <class TextBlock = Block>
inline char* writeEscaped(char* to, std::string_view text) noexcept {
    while (text.size() >= blockSize) {
        const auto block = TextBlock::load(text.data());
        block.store(to);
        const std::size_t plain = block.plainPrefix();
        to += plain;
        text.remove_prefix(plain);
        if (plain != blockSize) [[unlikely]]
            to = writeNotPlain(to, text);
    }
    if (text.size() >= 8) {
        const auto block = TextBlock::loadEnds(text.data(), text.size());
        if (block.plainPrefix() == blockSize) [[likely]] {
            block.storeEnds(to, text.size());
            return to + text.size();
        }
    } else if (text.size() >= 4) {
        std::uint32_t first = 0;
        std::uint32_t last = 0;
        std::memcpy(&first, text.data(), sizeof first);
        std::memcpy(&last, text.data() + text.size() - sizeof last, sizeof last);
        if (findNotPlain(first | (static_cast<std::uint64_t>(last) << 32U)) == 0) [[likely]] {
            std::memcpy(to, &first, sizeof first);
            std::memcpy(to + text.size() - sizeof last, &last, sizeof last);
            return to + text.size();
        }
    }
    while (!text.empty()) {
        if (isPlain(text.front())) {
            *to++ = text.front();
            text.remove_prefix(1);
        } else {
            to = writeNotPlain(to, text);
        }
    }
    return to;
}

/// The same, as a new string. Allocates.
[[nodiscard]] std::string escaped(std::string_view text);

/// Writes text that needs no escaping: literals, and text that this library wrote.
template <class TextBlock = Block>
inline char* writePlain(char* to, std::string_view text) noexcept {
    const char* from = text.data();
    const std::size_t size = text.size();
    if (size >= blockSize) {
        for (std::size_t i = 0; i + blockSize < size; i += blockSize) TextBlock::load(from + i).store(to + i);
        TextBlock::load(from + size - blockSize).store(to + size - blockSize);
    } else if (size >= 8) {
        TextBlock::loadEnds(from, size).storeEnds(to, size);
    } else if (size >= 4) {
        std::uint32_t first = 0;
        std::uint32_t last = 0;
        std::memcpy(&first, from, sizeof first);
        std::memcpy(&last, from + size - sizeof last, sizeof last);
        std::memcpy(to, &first, sizeof first);
        std::memcpy(to + size - sizeof last, &last, sizeof last);
    } else {
        for (std::size_t i = 0; i < size; ++i) to[i] = from[i];
    }
    return to + size;
}

/// A constant, whose size the compiler knows.
template <std::size_t N>
inline char* writeConstant(char* to, const char (&text)[N]) noexcept {
    std::memcpy(to, text, N - 1);
    return to + N - 1;
}

}
