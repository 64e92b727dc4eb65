#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include <sidespan/detail/instructions.h>
#include <sidespan/version.h>

#if defined(__SSE2__) || defined(_M_X64)
#define SIDESPAN_JSON_SSE2 1
#include <emmintrin.h>
#elif defined(SIDESPAN_PROCESSOR_ARM64) && (defined(__ARM_NEON) || defined(_MSC_VER))
#define SIDESPAN_JSON_NEON 1
#include <arm_neon.h>
#endif

/// Text in blocks of 16 characters. A character is plain if a JSON string holds it unescaped and its
/// neighbours need not be checked: printable ASCII or DEL, but neither `"` nor `\`.
namespace sidespan::inline v0::detail {

inline constexpr std::size_t blockSize = 16;

[[nodiscard]] constexpr bool isPlain(char c) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

using processor::reverseBytes;

/// Eight characters as a number, the first one lowest.
[[nodiscard]] inline std::uint64_t loadWord(const char* from) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, from, sizeof word);
    return std::endian::native == std::endian::big ? reverseBytes(word) : word;
}

/// Not 0 if a character of the word is not plain; the lowest set bit is within the first such character.
[[nodiscard]] constexpr std::uint64_t findNotPlain(std::uint64_t word) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101U;
    constexpr std::uint64_t tops = ones * 0x80U;
    const std::uint64_t quotes = word ^ (ones * '"');
    const std::uint64_t slashes = word ^ (ones * '\\');
    return (word | ((word - ones * 0x20U) & ~word) | ((quotes - ones) & ~quotes) |
            ((slashes - ones) & ~slashes)) &
           tops;
}

/// A block for machines without vectors of characters.
class WordBlock {
public:
    static WordBlock load(const char* from) noexcept {
        WordBlock block;
        std::memcpy(block.characters_, from, blockSize);
        return block;
    }
    /// Characters `size - 8` to the end repeat the first ones where they overlap; `size` is 8 to 16.
    static WordBlock loadEnds(const char* from, std::size_t size) noexcept {
        WordBlock block;
        std::memcpy(block.characters_, from, 8);
        std::memcpy(block.characters_ + 8, from + size - 8, 8);
        return block;
    }
    void store(char* to) const noexcept { std::memcpy(to, characters_, blockSize); }
    void storeEnds(char* to, std::size_t size) const noexcept {
        std::memcpy(to, characters_, 8);
        std::memcpy(to + size - 8, characters_ + 8, 8);
    }
    /// The number of characters before the first that is not plain; blockSize if all are plain.
    [[nodiscard]] std::size_t plainPrefix() const noexcept {
        for (std::size_t i = 0; i < blockSize; i += 8) {
            const std::uint64_t found = findNotPlain(loadWord(characters_ + i));
            if (found != 0) return i + static_cast<std::size_t>(std::countr_zero(found)) / 8;
        }
        return blockSize;
    }

private:
    char characters_[blockSize];
};

#if defined(SIDESPAN_JSON_SSE2)

class SseBlock {
public:
    static SseBlock load(const char* from) noexcept {
        return SseBlock(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
    }
    static SseBlock loadEnds(const char* from, std::size_t size) noexcept {
        return SseBlock(
            _mm_unpacklo_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)),
                               _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from + size - 8))));
    }
    void store(char* to) const noexcept { _mm_storeu_si128(reinterpret_cast<__m128i*>(to), characters_); }
    void storeEnds(char* to, std::size_t size) const noexcept {
        _mm_storel_epi64(reinterpret_cast<__m128i*>(to), characters_);
        _mm_storel_epi64(reinterpret_cast<__m128i*>(to + size - 8),
                         _mm_unpackhi_epi64(characters_, characters_));
    }
    [[nodiscard]] std::size_t plainPrefix() const noexcept {
        // The comparison is signed, so what is not ASCII counts as less than a space too.
        const __m128i control = _mm_cmplt_epi8(characters_, _mm_set1_epi8(' '));
        const __m128i quote = _mm_cmpeq_epi8(characters_, _mm_set1_epi8('"'));
        const __m128i slash = _mm_cmpeq_epi8(characters_, _mm_set1_epi8('\\'));
        const int found = _mm_movemask_epi8(_mm_or_si128(control, _mm_or_si128(quote, slash)));
        return static_cast<std::size_t>(std::countr_zero(static_cast<unsigned>(found) | 0x10000U));
    }

private:
    explicit SseBlock(__m128i characters) noexcept : characters_(characters) {}
    __m128i characters_;
};
using Block = SseBlock;

#elif defined(SIDESPAN_JSON_NEON)

class NeonBlock {
public:
    static NeonBlock load(const char* from) noexcept {
        return NeonBlock(vld1q_u8(reinterpret_cast<const std::uint8_t*>(from)));
    }
    static NeonBlock loadEnds(const char* from, std::size_t size) noexcept {
        return NeonBlock(vcombine_u8(vld1_u8(reinterpret_cast<const std::uint8_t*>(from)),
                                     vld1_u8(reinterpret_cast<const std::uint8_t*>(from + size - 8))));
    }
    void store(char* to) const noexcept { vst1q_u8(reinterpret_cast<std::uint8_t*>(to), characters_); }
    void storeEnds(char* to, std::size_t size) const noexcept {
        vst1_u8(reinterpret_cast<std::uint8_t*>(to), vget_low_u8(characters_));
        vst1_u8(reinterpret_cast<std::uint8_t*>(to + size - 8), vget_high_u8(characters_));
    }
    [[nodiscard]] std::size_t plainPrefix() const noexcept {
        const uint8x16_t control = vcltq_s8(vreinterpretq_s8_u8(characters_), vdupq_n_s8(' '));
        const uint8x16_t quote = vceqq_u8(characters_, vdupq_n_u8('"'));
        const uint8x16_t slash = vceqq_u8(characters_, vdupq_n_u8('\\'));
        const uint8x16_t found = vorrq_u8(control, vorrq_u8(quote, slash));
        // Four bits of each character: NEON has no movemask.
        const uint8x8_t nibbles = vshrn_n_u16(vreinterpretq_u16_u8(found), 4);
        const std::uint64_t bits = vget_lane_u64(vreinterpret_u64_u8(nibbles), 0);
        return bits == 0 ? blockSize : static_cast<std::size_t>(std::countr_zero(bits)) / 4;
    }

private:
    explicit NeonBlock(uint8x16_t characters) noexcept : characters_(characters) {}
    uint8x16_t characters_;
};
using Block = NeonBlock;

#else
using Block = WordBlock;
#endif

/// Copies in whole blocks: reads and writes up to 15 characters past `size` on both sides.
inline void copyBlocks(char* to, const char* from, std::size_t size) noexcept {
    for (std::size_t i = 0; i < size; i += blockSize) Block::load(from + i).store(to + i);
}

}
