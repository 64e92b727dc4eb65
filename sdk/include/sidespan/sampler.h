#pragma once

#include <cstdint>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// Which traces are recorded: `config.sampler = Sampler::parentBased(Sampler::probability(0.1))`.
///
/// The first span of a trace in this process decides, at its start, for all that follow: a root, or one whose
/// parent is remote. Its children have the same answer, on lanes and other threads too. Spans that are not
/// sampled have contexts all the same, without the flag `sampled`, so that other processes learn of it; they
/// cost neither clock reads nor copies off lanes, and are counted in `Stats::notSampled`.
///
/// Of audio blocks the lane's own rules come first: the sampler is asked for those that they keep, or when a
/// `context()` within the block is. Load summaries ("audio.load") are roots as any.
///
/// A plain value. A decision is wait-free, takes no lock and allocates nothing.
class Sampler {
public:
    enum class Rule : std::uint8_t { alwaysOn, alwaysOff, probability, rateLimited };

    /// `parentBased(alwaysOn())`.
    constexpr Sampler() noexcept = default;

    /// Everything, whatever a remote parent said.
    [[nodiscard]] static constexpr Sampler alwaysOn() noexcept { return {Rule::alwaysOn, 0}; }
    /// Nothing. Contexts are still made, and go out as not sampled.
    [[nodiscard]] static constexpr Sampler alwaysOff() noexcept { return {Rule::alwaysOff, 0}; }
    /// This share of traces, 0 to 1. By OpenTelemetry's consistent sampling: the trace's randomness is the
    /// `rv` of `tracestate: ot=…`, else the last 56 bits of its id, so that whoever uses the same share
    /// keeps the same traces. The threshold goes out as `th`.
    [[nodiscard]] static constexpr Sampler probability(double share) noexcept {
        return {Rule::probability, share};
    }
    /// At most so many traces a second, 0.001 to 1,000,000, after a burst of as many as fit into one second
    /// (one at least). All threads and lanes share them.
    [[nodiscard]] static constexpr Sampler rateLimited(double tracesPerSecond) noexcept {
        return {Rule::rateLimited, tracesPerSecond};
    }
    /// What a remote parent decided; where there is none, what `root` decides.
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
