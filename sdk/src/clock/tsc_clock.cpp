#include <sidespan/clock/tsc_clock.h>

namespace sidespan::inline v0 {

using detail::processor::counterFrequency;
using detail::processor::readCounter;

TscClock::TscClock() noexcept : isInvariant_(detail::processor::isCounterInvariant()) {
    // Read once before: the first read in a process can take some 10 us, which would add ticks but no
    // nanoseconds.
    static_cast<void>(steady_.now());
    startTicks_ = isInvariant_ ? readCounter() : 0;
    startNanos_ = steady_.now();
}

double TscClock::ticksPerSecond() const noexcept {
    if (!isInvariant_) return steady_.ticksPerSecond();
    if (const auto told = counterFrequency(); told != 0) return static_cast<double>(told);
    if (const double known = frequency_.load(std::memory_order_relaxed); known != 0) return known;
    constexpr std::uint64_t leastBaselineNanos = 2'000'000;
    constexpr std::uint64_t goodBaselineNanos = 1'000'000'000;
    while (steady_.now() - startNanos_ < leastBaselineNanos) {
    }
    const auto ticks = static_cast<double>(readCounter() - startTicks_);
    const std::uint64_t nanos = steady_.now() - startNanos_;
    const double frequency = ticks * 1e9 / static_cast<double>(nanos);
    if (nanos >= goodBaselineNanos) frequency_.store(frequency, std::memory_order_relaxed);
    return frequency;
}

}
