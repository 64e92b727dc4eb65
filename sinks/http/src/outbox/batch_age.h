#pragma once

#include <chrono>

#include <sidespan/network/delivery_clock.h>

namespace sidespan::inline v0::detail {

/// Whether the wall clock was set at all when a batch was made: it was not if it showed a time before this
/// project began.
[[nodiscard]] inline bool canBeJudged(DeliveryClock::WallTime made) noexcept {
    using namespace std::chrono;
    return made >= sys_days{year{2025} / January / 1};
}

/// The age of a batch of an earlier run. 0 if the wall clock cannot tell: it was wrong then or is wrong now
/// if the batch is from the future, or from before this project began.
[[nodiscard]] inline DeliveryClock::WallTime::duration ageOf(DeliveryClock::WallTime made,
                                                             DeliveryClock::WallTime now) noexcept {
    if (!canBeJudged(made) || made > now) return {};
    return now - made;
}

}
