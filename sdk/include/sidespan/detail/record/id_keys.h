#pragma once

#include <cstdint>

#include <sidespan/span_context.h>

namespace sidespan::inline v0::detail {

/// Turns counters into ids by a secret bijection, so that ids are unique without a lock, say nothing about
/// how many there were, and are never zero (zero maps to itself, and no counter is zero).
///
/// A recording thread stores counters; the drain thread, or whoever asks for a context, turns them into ids.
class IdKeys {
public:
    IdKeys() noexcept = default;
    /// Keys drawn from the operating system's randomness.
    [[nodiscard]] static IdKeys draw();

    [[nodiscard]] SpanId spanId(std::uint64_t counter) const noexcept { return SpanId(mix(counter, span_)); }

    /// A version 4 UUID (RFC 9562, 5.4).
    [[nodiscard]] TraceId traceId(std::uint64_t rootCounter) const noexcept {
        const std::uint64_t high = (mix(rootCounter, traceHigh_) & ~std::uint64_t{0xf000U}) | 0x4000U;
        const std::uint64_t low =
            (mix(rootCounter, traceLow_) & ~(std::uint64_t{3} << 62U)) | (std::uint64_t{1} << 63U);
        return {high, low};
    }

    /// Whether traceId() made the id from some counter. One in 2^58 of other ids is wrongly accepted too.
    [[nodiscard]] bool isOwn(TraceId id) const noexcept;

private:
    struct Key {
        std::uint64_t first = 1;   // odd
        std::uint64_t second = 1;  // odd
    };

    // Multiplications by odd numbers and xor-shifts are each bijective and keep zero.
    static constexpr std::uint64_t mix(std::uint64_t x, Key key) noexcept {
        x *= key.first;
        x ^= x >> 32U;
        x *= 0xd6e8feb86659fd93U;
        x ^= x >> 29U;
        x *= key.second;
        x ^= x >> 32U;
        return x;
    }

    static constexpr std::uint64_t unmix(std::uint64_t x, Key key) noexcept {
        x ^= x >> 32U;
        x *= inverse(key.second);
        x ^= (x >> 29U) ^ (x >> 58U);
        x *= inverse(0xd6e8feb86659fd93U);
        x ^= x >> 32U;
        return x * inverse(key.first);
    }

    // The inverse of an odd number modulo 2^64: each step doubles the number of correct bits, three at first.
    static constexpr std::uint64_t inverse(std::uint64_t odd) noexcept {
        std::uint64_t x = odd;
        for (int i = 0; i < 5; ++i) x *= 2 - odd * x;
        return x;
    }

    Key span_;
    Key traceHigh_;
    Key traceLow_;
};

/// Counters for ids: every shard and lane has a range of its own, so that none needs another's.
inline constexpr unsigned idRangeBits = 40;
[[nodiscard]] constexpr std::uint64_t firstOfIdRange(std::uint64_t range) noexcept {
    return (range << idRangeBits) + 1;
}

}
