#include <algorithm>
#include <bit>
#include <limits>

#include <sidespan/detail/block_rules.h>
#include <sidespan/detail/load_histogram.h>

namespace sidespan::inline v0::detail {
namespace {

std::uint64_t toFixed(double value, unsigned fraction) noexcept {
    return static_cast<std::uint64_t>(value * static_cast<double>(std::uint64_t{1} << fraction));
}

}

BlockRules::BlockRules(const LaneOptions& options, double ticksPerSecond) noexcept
    : ticksPerSample_(options.sampleRate > 0 ? toFixed(ticksPerSecond / options.sampleRate, tickFraction)
                                             : 0),
      keepTicksPerSample_(
          static_cast<std::uint64_t>(static_cast<double>(ticksPerSample_) * options.keepOverLoad)),
      every_(options.keepOneIn > 0 ? options.keepOneIn : std::numeric_limits<std::uint64_t>::max()),
      untilNth_(every_),
      tokenCost_(
          std::max<std::uint64_t>(1, static_cast<std::uint64_t>(ticksPerSecond / options.maxKeptPerSecond))),
      mostCredit_(std::max(tokenCost_, static_cast<std::uint64_t>(ticksPerSecond))),
      credit_(mostCredit_) {}

// A block has at most 2^32 samples and a sample at most 2^32 ticks, so nothing below overflows for real ones.
void BlockRules::measure(std::uint32_t samples) noexcept {
    samples_ = samples;
    budget_ = std::max<std::uint64_t>(1, (samples_ * ticksPerSample_) >> tickFraction);
    keepOver_ = (samples_ * keepTicksPerSample_) >> tickFraction;
    // As many bits as a product with `longest` leaves room for.
    const unsigned scale = 30 + static_cast<unsigned>(std::bit_width(budget_));
    reciprocal_ = (std::uint64_t{1} << std::min(scale, 63U)) / budget_;
    reciprocalShift_ = std::min(scale, 63U) - LoadHistogram::fractionBits;
}

}
