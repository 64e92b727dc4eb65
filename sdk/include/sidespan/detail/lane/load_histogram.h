#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

#include <sidespan/detail/compiler.h>
#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// How often a lane's blocks took which share of their budget. Eight buckets to each doubling, so a
/// percentile is exact to an eighth; the edge at 1.0 is exact. Written by the lane's producer, read by the
/// drain thread.
class LoadHistogram {
public:
    /// Loads are fixed-point: `one` is the whole budget.
    static constexpr unsigned fractionBits = 16;
    static constexpr std::uint64_t one = std::uint64_t{1} << fractionBits;
    static constexpr unsigned stepBits = 3;
    static constexpr std::size_t bucketCount = (32 - stepBits) << stepBits;

    /// [audio thread] Wait-free.
    SIDESPAN_ALWAYS_INLINE void add(std::uint64_t load) noexcept {
        auto& bucket = counts_[bucketOf(load)];
        bucket.store(bucket.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
        if (load > max_.load(std::memory_order_relaxed)) max_.store(load, std::memory_order_relaxed);
    }

    /// Blocks since the last call, in numbers. [drain thread]
    struct Summary {
        std::uint64_t blocks = 0;
        std::uint64_t overruns = 0;
        double p50 = 0;
        double p95 = 0;
        double p99 = 0;
        double max = 0;
    };
    [[nodiscard]] Summary summarize() noexcept;

    [[nodiscard]] static constexpr std::size_t bucketOf(std::uint64_t load) noexcept {
        constexpr std::uint64_t largest = (std::uint64_t{1} << 31U) - 1;
        const auto value = static_cast<std::uint32_t>(load < largest ? load : largest);
        if (value < (1U << stepBits)) return value;
        const unsigned shift = 31U - static_cast<unsigned>(std::countl_zero(value)) - stepBits;
        return (shift << stepBits) + (value >> shift);
    }
    /// The smallest load of a bucket.
    [[nodiscard]] static constexpr std::uint64_t lowestOf(std::size_t bucket) noexcept {
        if (bucket < (2U << stepBits)) return bucket;
        const std::size_t shift = (bucket >> stepBits) - 1;
        return ((bucket & ((1U << stepBits) - 1)) | (1U << stepBits)) << shift;
    }

private:
    std::array<std::atomic<std::uint32_t>, bucketCount> counts_{};
    std::atomic<std::uint64_t> max_{0};
    std::array<std::uint32_t, bucketCount> seen_{};  // drain thread
};

}
