#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/drain/held_traces.h>
#include <sidespan/detail/ot_member.h>
#include <sidespan/detail/record/head_sampler.h>
#include <sidespan/detail/record/item_writer.h>

namespace sidespan::inline v0 {

namespace detail {

std::unique_ptr<HeldTraces> holdTracesOf(const Sampler& sampler, std::function<PassRecords> pass) {
    return sampler.holdTraces_ == nullptr ? nullptr : sampler.holdTraces_(sampler.tail_, std::move(pass));
}

namespace {

using Rule = Sampler::Rule;

std::uint64_t thresholdFor(double share) noexcept {
    const double rejected = (1 - share) * static_cast<double>(samplingRange);
    return std::min(static_cast<std::uint64_t>(rejected + 0.5), samplingRange);
}

}

HeadSampler::HeadSampler(const Sampler& sampler) noexcept
    : rule_(sampler.rule() == Rule::tail ? Rule::alwaysOn : sampler.rule()),
      isParentBased_(sampler.isParentBased()),
      threshold_(rule_ == Rule::probability ? thresholdFor(sampler.value()) : 0),
      perSecond_(rule_ == Rule::rateLimited ? sampler.value() : 1),
      emptyAt_(std::numeric_limits<std::int64_t>::min() / 2) {}

void HeadSampler::setTicksPerSecond(double ticksPerSecond) noexcept {
    tokenCost_ = std::max<std::int64_t>(1, static_cast<std::int64_t>(ticksPerSecond / perSecond_));
    second_ = static_cast<std::int64_t>(ticksPerSecond);
    mostCredit_ = std::max(tokenCost_, second_);
}

// If a rule other than probability has decided, a threshold from the caller is no longer valid.
SIDESPAN_COLD void HeadSampler::mark(TraceState& state, bool isSampled, bool isOwnTrace) const {
    if (isParentBased_ && !isOwnTrace) return;
    setThreshold(state, isSampled && hasThreshold() ? std::optional(threshold_) : std::nullopt);
}

SIDESPAN_COLD std::string HeadSampler::recordedState(TraceState state, bool isOwnTrace) const {
    mark(state, true, isOwnTrace);
    if (state.text().size() > item_writer::maxTraceStateBytes) putThresholdFirst(state);
    return state.text();
}

// A turn fails only if another thread took a token, so after a few turns none is free. A thread that was
// paused after it read the clock has an earlier time than the others. If it is earlier by more than a second,
// the clock was set back.
bool HeadSampler::takeToken(std::uint64_t now) noexcept {
    constexpr int mostTurns = 8;
    const auto ticks = static_cast<std::int64_t>(now);
    std::int64_t emptyAt = emptyAt_.load(std::memory_order_relaxed);
    for (int turn = 0; turn < mostTurns; ++turn) {
        const bool isSetBack = emptyAt - ticks > second_;
        const std::int64_t from = isSetBack ? ticks : std::max(emptyAt, ticks - mostCredit_);
        const bool isThere = ticks - from >= tokenCost_;
        if (!isThere && !isSetBack) return false;
        const std::int64_t next = isThere ? from + tokenCost_ : ticks;
        if (emptyAt_.compare_exchange_strong(emptyAt, next, std::memory_order_relaxed)) return isThere;
    }
    return false;
}

}

}
