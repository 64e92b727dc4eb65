#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/record/id_keys.h>
#include <sidespan/propagation/trace_state.h>
#include <sidespan/sampler.h>
#include <sidespan/span_context.h>

namespace sidespan::inline v0::detail {

/// Randomness and thresholds of OpenTelemetry's probability sampling have this many bits.
inline constexpr unsigned samplingBits = 56;
inline constexpr std::uint64_t samplingRange = std::uint64_t{1} << samplingBits;

/// The randomness of a trace that did not bring its own.
[[nodiscard]] constexpr std::uint64_t randomnessOf(TraceId trace) noexcept {
    return trace.low() & (samplingRange - 1);
}

/// A Sampler for recording threads and lanes. Wait-free; no lock, allocation or system call.
class HeadSampler {
public:
    explicit HeadSampler(const Sampler& sampler) noexcept;

    /// Sets the length of a tick. Call it before the first decision.
    void setTicksPerSecond(double ticksPerSecond) noexcept;

    /// Whether every root is to be asked for. If not, all are sampled.
    [[nodiscard]] bool asksEachRoot() const noexcept { return rule_ != Sampler::Rule::alwaysOn; }

    /// Whether the trace of the root of this counter is sampled. `now()` reads the clock, if it must be.
    template <class Now>
    [[nodiscard]] bool samplesRoot(const IdKeys& keys, std::uint64_t counter,
                                   Now&& now) noexcept SIDESPAN_NONBLOCKING {
        switch (rule_) {
            case Sampler::Rule::alwaysOn:
            case Sampler::Rule::tail:
                return true;
            case Sampler::Rule::alwaysOff:
                return false;
            case Sampler::Rule::probability:
                return randomnessOf(keys.traceId(counter)) >= threshold_;
            case Sampler::Rule::rateLimited:
                break;
        }
        return takeToken(now());
    }

    /// The same for a span with a valid parent: a local one has decided already.
    template <class Now>
    [[nodiscard]] bool samplesChildOf(const SpanContext& parent, std::uint64_t randomness,
                                      Now&& now) noexcept SIDESPAN_NONBLOCKING {
        if (!parent.isRemote || isParentBased_) return parent.isSampled();
        if (rule_ == Sampler::Rule::rateLimited) return takeToken(now());
        return rule_ == Sampler::Rule::alwaysOn ||
               (rule_ == Sampler::Rule::probability && randomness >= threshold_);
    }

    /// Writes into a trace state the threshold by which the trace is sampled, if this sampler decided that:
    /// the trace began here, or the sampler is not parent-based. Throws std::bad_alloc only.
    void mark(TraceState& state, bool isSampled, bool isOwnTrace) const;

    /// The part of `state`, the trace state that its trace came with, that the record of a sampled span
    /// contains. Throws std::bad_alloc only.
    [[nodiscard]] std::string recordedState(TraceState state, bool isOwnTrace) const;

    /// Whether a threshold decides, and whether it does so also for traces that began elsewhere.
    [[nodiscard]] bool hasThreshold() const noexcept { return rule_ == Sampler::Rule::probability; }
    [[nodiscard]] bool isParentBased() const noexcept { return isParentBased_; }

private:
    [[nodiscard]] bool takeToken(std::uint64_t now) noexcept SIDESPAN_NONBLOCKING;

    Sampler::Rule rule_;
    bool isParentBased_;
    std::uint64_t threshold_ = 0;
    double perSecond_ = 0;

    // Tokens are counted in ticks, each as many as pass between two.
    std::int64_t tokenCost_ = 1;
    std::int64_t mostCredit_ = 1;
    std::int64_t second_ = 1;
    std::atomic<std::int64_t> emptyAt_;  // when there would have been no token
};

}
