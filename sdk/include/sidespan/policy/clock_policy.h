#pragma once

#include <concepts>
#include <cstdint>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// Where timestamps come from.
///
/// `now()` is a number of ticks that never runs backwards on one thread; it is called on recording threads,
/// the audio thread included, so it is wait-free and makes no system call. `ticksPerSecond()` turns ticks
/// into time and may be refined while the program runs. `unixNanos()` is the wall clock in nanoseconds since
/// 1970: the drain thread reads it beside `now()` to place ticks in the calendar, so a duration never bends
/// when somebody sets the clock.
///
/// Models: SteadyClock, SystemClock, TscClock, ManualClock.
template <class C>
concept ClockPolicy = std::default_initializable<C> && requires(const C& clock) {
    { clock.now() }
    noexcept->std::same_as<std::uint64_t>;
    { clock.ticksPerSecond() }
    noexcept->std::same_as<double>;
    { clock.unixNanos() }
    noexcept->std::same_as<std::uint64_t>;
};

}
