#include <algorithm>
#include <bit>
#include <limits>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/lane/block_rules.h>
#include <sidespan/detail/lane/load_histogram.h>

namespace sidespan::inline v0::detail {
namespace {

std::uint64_t toTicks(double ticks) noexcept {
    constexpr double most = 9e18;
    return static_cast<std::uint64_t>(std::min(ticks, most));
}

}

SIDESPAN_COLD BlockRules::BlockRules(const LaneOptions& options, double ticksPerSecond,
                                     bool asksEachTime) noexcept
    : untilNth_(options.keepOneIn > 0 ? options.keepOneIn : std::numeric_limits<std::uint64_t>::max()),
      every_(untilNth_),
      ticksPerSample_(options.sampleRate > 0 ? ticksPerSecond / options.sampleRate : 0),
      keepOverLoad_(options.keepOverLoad),
      leastCredit_(
          std::max<std::uint64_t>(1, static_cast<std::uint64_t>(ticksPerSecond / options.maxKeptPerSecond))),
      tokenCost_(asksEachTime ? never : leastCredit_),
      mostCredit_(std::max(leastCredit_, static_cast<std::uint64_t>(ticksPerSecond))),
      credit_(mostCredit_) {}

void BlockRules::measure(std::uint32_t samples) noexcept {
    samples_ = samples;
    const double budget = samples * ticksPerSample_;
    budget_ = budget > 0 ? std::max<std::uint64_t>(1, toTicks(budget)) : 0;
    keepFrom_ = never;
    reciprocal_ = 0;
    if (budget_ == 0) return;
    keepFrom_ = keepOverLoad_ > 0 ? toTicks(budget * keepOverLoad_) + 1 : 0;
    // As many bits as fit in a product with `longest`.
    const unsigned scale = 30 + static_cast<unsigned>(std::bit_width(budget_));
    reciprocal_ = (std::uint64_t{1} << std::min(scale, 63U)) / budget_;
    reciprocalShift_ = std::min(scale, 63U) - LoadHistogram::fractionBits;
}

}
