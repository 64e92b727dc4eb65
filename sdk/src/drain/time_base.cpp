#include <sidespan/detail/drain/time_base.h>

namespace sidespan::inline v0::detail {

void TimeBase::observe(std::uint64_t ticks, std::uint64_t unixNanos, double ticksPerSecond) noexcept {
    constexpr std::int64_t mostDriftNanos = 50'000'000;
    nanosPerTick_ = 1e9 / ticksPerSecond;
    const bool isFirst = anchor_.ticks == 0;
    const auto expected = toUnixNanos(ticks, ~std::uint64_t{0});
    const auto drift = static_cast<std::int64_t>(unixNanos - expected);
    if (isFirst || drift > mostDriftNanos || drift < -mostDriftNanos) {
        before_ = anchor_;
        agreedUntil_ = lastLook_;
        anchor_ = {ticks, unixNanos};
    }
    lastLook_ = ticks;
}

}
