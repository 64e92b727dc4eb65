#pragma once

#include <chrono>

#include <sidespan/network/delivery_clock.h>

namespace sidespan::inline v0::detail {

/// Whether a wall clock that said this when a batch was made was set at all: not before this project began.
[[nodiscard]] inline bool canBeJudged(DeliveryClock::WallTime made) noexcept {
    using namespace std::chrono;
    return made >= sys_days{year{2025} / January / 1};
}

/// How old a batch of an earlier run is. None where the wall clock cannot tell: the batch is from the future,
/// or from before this project began, so one of the two readings was wrong.
[[nodiscard]] inline DeliveryClock::WallTime::duration ageOf(DeliveryClock::WallTime made,
                                                             DeliveryClock::WallTime now) noexcept {
    if (!canBeJudged(made) || made > now) return {};
    return now - made;
}

}
