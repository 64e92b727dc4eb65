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
/// Makes the object that holds traces back by these rules and passes on the kept ones. Throws std::bad_alloc.
[[nodiscard]] std::unique_ptr<HeldTraces> holdTraces(const TailSampler& rules,
                                                     std::function<PassRecords> pass);
/// The same for the rule `tail`; null for other rules.
[[nodiscard]] std::unique_ptr<HeldTraces> holdTracesOf(const Sampler& sampler,
                                                       std::function<PassRecords> pass);
}

/// Decides when a trace is over, instead of when it begins: `config.sampler = TailSampler{...}`.
///
/// Everything is recorded, and its contexts are marked as sampled. The drain thread holds the spans of a
/// trace until the first span of the trace in this process has ended (a root, or one whose parent is remote).
/// Then the trace is kept if one of its spans has an error or took at least `slowerThan`. Of the other
/// traces, one in `keepOneIn` is kept. Spans that end later are treated like their trace, but those that have
/// an error or are slow are always kept. Spans that are not kept are counted in `Stats::notSampled`.
///
/// Spans that cannot be judged are kept and counted in `Stats::keptUnjudged`. These are: traces whose first
/// span has not ended within `maxAge`, or before a flush or a shutdown (the first span may belong to another
/// recorder); the oldest traces when more than `maxBytes` are held; and spans that there is no memory to
/// hold.
struct TailSampler {
    std::chrono::milliseconds slowerThan{250};      ///< 0 to 1 h; 0 keeps all
    std::uint32_t keepOneIn = 10;                   ///< the first, and every Nth after it; 0 keeps none
    std::size_t maxBytes = std::size_t{16} << 20U;  ///< of traces that are held; 64 KiB to 1 GiB
    std::chrono::seconds maxAge{30};                ///< how long they are held; 1 s to 1 h

    friend constexpr bool operator==(const TailSampler&, const TailSampler&) noexcept = default;
};

/// Which traces are recorded: `config.sampler = Sampler::parentBased(Sampler::probability(0.1))`.
///
/// The decision is made when the first span of a trace in this process starts: a root, or a span whose parent
/// is remote. It applies to all spans below that one, also on lanes and other threads. Spans that are not
/// sampled have contexts without the flag `sampled`, so that other processes know. Outside lanes they copy
/// nothing, and read the clock only for `rateLimited`. They are counted in `Stats::notSampled`.
///
/// For audio blocks the lane's own rules come first: the sampler is asked only about blocks that they keep,
/// or when `context()` is called within a block. Load summaries ("audio.load") are roots like any other, but
/// the TailSampler keeps all of them.
///
/// A plain value. A decision is wait-free, takes no lock and allocates nothing.
class Sampler {
public:
    enum class Rule : std::uint8_t { alwaysOn, alwaysOff, probability, rateLimited, tail };

    /// `parentBased(alwaysOn())`.
    constexpr Sampler() noexcept = default;
    /// Records everything, and decides when a trace is over. Within `parentBased()`, a trace that a remote
    /// parent has not sampled is not recorded.
    constexpr Sampler(const TailSampler& tail) noexcept  // NOLINT(google-explicit-constructor)
        : tail_(tail), holdTraces_(detail::holdTraces), rule_(Rule::tail), isParentBased_(false) {}

    /// Every trace, whatever a remote parent decided.
    [[nodiscard]] static constexpr Sampler alwaysOn() noexcept { return {Rule::alwaysOn, 0}; }
    /// No trace. Contexts are still made and sent, as not sampled.
    [[nodiscard]] static constexpr Sampler alwaysOff() noexcept { return {Rule::alwaysOff, 0}; }
    /// This share of traces, 0 to 1, by OpenTelemetry's consistent sampling. The trace's randomness is the
    /// `rv` of `tracestate: ot=...`, else the last 56 bits of its id. So all processes with the same share
    /// record the same traces. The threshold is sent and exported as `th`; backends estimate from it how many
    /// traces there were. A span on a lane begins from a SpanContext, which has no trace state. Therefore on
    /// lanes the randomness is the id's, no `th` is sent, and a received trace state is not exported.
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

    /// The settings of the rule `tail`.
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
