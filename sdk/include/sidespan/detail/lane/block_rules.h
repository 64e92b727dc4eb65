#pragma once

#include <atomic>
#include <cstdint>

#include <sidespan/detail/compiler.h>
#include <sidespan/lane_options.h>

namespace sidespan::inline v0::detail {

/// Decides which audio blocks are kept, in integer arithmetic. Used by one producer at a time.
class BlockRules {
public:
    /// With `asksEachTime`, takeToken() never finds a token: the caller must call takeTokenAtLast().
    BlockRules(const LaneOptions& options, double ticksPerSecond, bool asksEachTime = false) noexcept;

    /// Wants every block while on. [any thread]
    void keepAll(bool isOn) noexcept { keepsAll_.store(isOn, std::memory_order_relaxed); }
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE bool keepsAll() const noexcept {
        return keepsAll_.load(std::memory_order_relaxed);
    }

    /// Wants the block under way, whatever it took; until the next one begins.
    void pin() noexcept { isPinned_ = true; }
    void unpin() noexcept { isPinned_ = false; }
    [[nodiscard]] bool isPinned() const noexcept { return isPinned_; }

    /// Makes `budget()` that of a block of so many samples.
    SIDESPAN_ALWAYS_INLINE void setSamples(std::uint32_t samples) noexcept {
        if (samples != samples_) [[unlikely]]
            measure(samples);
    }
    [[nodiscard]] std::uint64_t samples() const noexcept { return samples_; }
    /// In ticks; how long the host gives for a block. 0 is no deadline: hosts send blocks without samples
    /// when only parameters changed, and a lane may have no sample rate.
    [[nodiscard]] std::uint64_t budget() const noexcept { return budget_; }

    /// The share of its budget that a block of `elapsed` ticks took, as LoadHistogram counts it.
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE std::uint64_t loadOf(std::uint64_t elapsed) const noexcept {
        return (elapsed < longest ? elapsed : longest) * reciprocal_ >> reciprocalShift_;
    }

    [[nodiscard]] SIDESPAN_ALWAYS_INLINE bool isOverLoad(std::uint64_t elapsed) const noexcept {
        return elapsed >= keepFrom_;
    }
    /// Whether this block is the one in so many.
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE bool isNth() noexcept {
        if (--untilNth_ != 0) [[likely]]
            return false;
        untilNth_ = every_;
        return true;
    }

    /// Takes a token for a block that ended at `now`; false when there is none.
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE bool takeToken(std::uint64_t now) noexcept {
        credit_ += now - refilledAt_;
        refilledAt_ = now;
        if (credit_ > mostCredit_) credit_ = mostCredit_;
        if (credit_ < tokenCost_) return false;
        credit_ -= tokenCost_;
        return true;
    }
    /// The same after takeToken() found none.
    [[nodiscard]] bool takeTokenAtLast() noexcept {
        if (credit_ < leastCredit_) return false;
        credit_ -= leastCredit_;
        return true;
    }

private:
    SIDESPAN_COLD void measure(std::uint32_t samples) noexcept SIDESPAN_NONBLOCKING;

    static constexpr std::uint64_t longest = std::uint64_t{1} << 32U;
    static constexpr std::uint64_t never = ~std::uint64_t{0};

    // What every block needs comes first.
    std::uint64_t samples_ = 0;
    std::uint64_t budget_ = 0;
    std::uint64_t keepFrom_ = never;
    std::uint64_t reciprocal_ = 0;
    std::uint64_t untilNth_;
    unsigned reciprocalShift_ = 0;
    std::atomic<bool> keepsAll_{false};
    bool isPinned_ = false;

    std::uint64_t every_;
    double ticksPerSample_;
    double keepOverLoad_;

    // Tokens are counted in ticks: each costs as many as pass between two.
    std::uint64_t leastCredit_;
    std::uint64_t tokenCost_;  // the same, or more than there will ever be
    std::uint64_t mostCredit_;
    std::uint64_t credit_;
    std::uint64_t refilledAt_ = 0;
};

}
