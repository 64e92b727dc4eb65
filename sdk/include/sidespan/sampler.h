#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

class Sampler;
struct TailSampler;

namespace detail {
class HeldTraces;
using PassRecords = void(std::span<std::byte> records, std::uint64_t count);
/// Makes what holds traces back by these rules and passes on the kept ones. Throws std::bad_alloc.
[[nodiscard]] std::unique_ptr<HeldTraces> holdTraces(const TailSampler& rules,
                                                     std::function<PassRecords> pass);
/// The same for the rule `tail`; null for other rules.
[[nodiscard]] std::unique_ptr<HeldTraces> holdTracesOf(const Sampler& sampler,
                                                       std::function<PassRecords> pass);
}

/// Decides when a trace is over, in the place of a rule for its beginning: `config.sampler = TailSampler{…}`.
///
/// Everything is recorded, and goes out as sampled. The drain thread holds what it gets of a trace until its
/// first span in this process has ended (a root, or one whose parent is remote). Then the trace is kept when
/// one of its spans has an error or took as long as `slowerThan`; of the others one in `keepOneIn` is. Spans
/// that end later go the same way, but for an error or a slow one, which is always kept. What is left out is
/// `Stats::notSampled`.
///
/// What cannot be judged is kept and counted in `Stats::keptUnjudged`: traces whose first span has not ended
/// within `maxAge`, as one does that was begun under another recorder's span, or by a flush or a shutdown;
/// the oldest ones when there is more than `maxBytes`; and spans that there is no memory to hold.
struct TailSampler {
    std::chrono::milliseconds slowerThan{250};      ///< 0 to 1 h; 0 keeps all
    std::uint32_t keepOneIn = 10;                   ///< the first, and every so many after it; 0 keeps none
    std::size_t maxBytes = std::size_t{16} << 20U;  ///< of traces that are held; 64 KiB to 1 GiB
    std::chrono::seconds maxAge{30};                ///< how long they are; 1 s to 1 h

    friend constexpr bool operator==(const TailSampler&, const TailSampler&) noexcept = default;
};

/// Which traces are recorded: `config.sampler = Sampler::parentBased(Sampler::probability(0.1))`.
///
/// The decision is made when the first span of a trace in this process starts: a root, or a span whose parent
/// is remote. It holds for all spans below it, on lanes and other threads too. Spans that are not sampled
/// have contexts without the flag `sampled`, so that other processes know. Off lanes they cost no copies, and
/// no clock reads but the one by which `rateLimited` decides. They are counted in `Stats::notSampled`.
///
/// For audio blocks the lane's own rules come first: the sampler is asked for blocks that they keep, or when
/// `context()` is called within a block. Load summaries ("audio.load") are roots like any other; the tail
/// sampler keeps them all.
///
/// A plain value. A decision is wait-free, takes no lock and allocates nothing.
class Sampler {
public:
    enum class Rule : std::uint8_t { alwaysOn, alwaysOff, probability, rateLimited, tail };

    /// `parentBased(alwaysOn())`.
    constexpr Sampler() noexcept = default;
    /// Records everything, and decides when a trace is over. In `parentBased()`, what a remote parent has not
    /// sampled is not recorded.
    constexpr Sampler(const TailSampler& tail) noexcept  // NOLINT(google-explicit-constructor)
        : tail_(tail), holdTraces_(detail::holdTraces), rule_(Rule::tail), isParentBased_(false) {}

    /// Every trace, whatever a remote parent decided.
    [[nodiscard]] static constexpr Sampler alwaysOn() noexcept { return {Rule::alwaysOn, 0}; }
    /// No trace. Contexts are still made and sent, as not sampled.
    [[nodiscard]] static constexpr Sampler alwaysOff() noexcept { return {Rule::alwaysOff, 0}; }
    /// This share of traces, 0 to 1, by OpenTelemetry's consistent sampling: the trace's randomness is the
    /// `rv` of `tracestate: ot=…`, else the last 56 bits of its id. So all processes with the same share
    /// record the same traces. The threshold is sent and exported as `th`, by which backends estimate how
    /// many traces there were. A span on a lane begins from a SpanContext, which has no trace state: on lanes
    /// the randomness is the id's, no `th` is sent, and a trace state that came in is not exported.
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

    /// Of the rule `tail`.
    [[nodiscard]] constexpr const TailSampler& tail() const noexcept { return tail_; }

    friend constexpr bool operator==(const Sampler&, const Sampler&) noexcept = default;

private:
    friend std::unique_ptr<detail::HeldTraces> detail::holdTracesOf(const Sampler& sampler,
                                                                    std::function<detail::PassRecords> pass);

    constexpr Sampler(Rule rule, double value) noexcept : value_(value), rule_(rule), isParentBased_(false) {}

    double value_ = 0;
    TailSampler tail_{};
    decltype(&detail::holdTraces) holdTraces_ = nullptr;  // so that only a TailSampler links it
    Rule rule_ = Rule::alwaysOn;
    bool isParentBased_ = true;
};

}
