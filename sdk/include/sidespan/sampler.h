#pragma once

#include <cstdint>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// Which traces are recorded: `config.sampler = Sampler::parentBased(Sampler::probability(0.1))`.
///
/// The decision is made when the first span of a trace in this process starts: a root, or a span whose parent
/// is remote. It holds for all spans below it, on lanes and other threads too. Spans that are not sampled
/// have contexts without the flag `sampled`, so that other processes know. Off lanes they cost no clock reads
/// and no copies. They are counted in `Stats::notSampled`.
///
/// For audio blocks the lane's own rules come first: the sampler is asked for blocks that they keep, or when
/// `context()` is called within a block. Load summaries ("audio.load") are roots like any other.
///
/// A plain value. A decision is wait-free, takes no lock and allocates nothing.
class Sampler {
public:
    enum class Rule : std::uint8_t { alwaysOn, alwaysOff, probability, rateLimited };

    /// `parentBased(alwaysOn())`.
    constexpr Sampler() noexcept = default;

    /// Every trace, whatever a remote parent decided.
    [[nodiscard]] static constexpr Sampler alwaysOn() noexcept { return {Rule::alwaysOn, 0}; }
    /// No trace. Contexts are still made and sent, as not sampled.
    [[nodiscard]] static constexpr Sampler alwaysOff() noexcept { return {Rule::alwaysOff, 0}; }
    /// This share of traces, 0 to 1, by OpenTelemetry's consistent sampling: the trace's randomness is the
    /// `rv` of `tracestate: ot=…`, else the last 56 bits of its id. So all processes with the same share
    /// record the same traces. The threshold is sent as `th`.
    [[nodiscard]] static constexpr Sampler probability(double share) noexcept {
        return {Rule::probability, share};
    }
    /// At most this many traces a second, 0.001 to 1,000,000, after a burst of one second's traces (at
    /// least one). All threads and lanes share the limit.
    [[nodiscard]] static constexpr Sampler rateLimited(double tracesPerSecond) noexcept {
        return {Rule::rateLimited, tracesPerSecond};
    }
    /// Follows the decision of a remote parent; without one, asks `root`.
    [[nodiscard]] static constexpr Sampler parentBased(Sampler root) noexcept {
        root.isParentBased_ = true;
        return root;
    }

    [[nodiscard]] constexpr Rule rule() const noexcept { return rule_; }
    [[nodiscard]] constexpr bool isParentBased() const noexcept { return isParentBased_; }
    /// The share of `probability`, the traces a second of `rateLimited`; else 0.
    [[nodiscard]] constexpr double value() const noexcept { return value_; }

    friend constexpr bool operator==(const Sampler&, const Sampler&) noexcept = default;

private:
    constexpr Sampler(Rule rule, double value) noexcept : value_(value), rule_(rule), isParentBased_(false) {}

    double value_ = 0;
    Rule rule_ = Rule::alwaysOn;
    bool isParentBased_ = true;
};

}
