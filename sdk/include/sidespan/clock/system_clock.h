#pragma once

#include <chrono>
#include <cstdint>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/std_clock.h>
#include <sidespan/policy/clock_policy.h>

namespace sidespan::inline v0 {

/// The wall clock in nanoseconds. Timestamps match other programs' logs to the nanosecond, but a duration
/// bends when somebody sets the clock; a span that would end before it began gets a duration of zero.
class SystemClock {
public:
    /// It is the operating system that decides what a read costs.
    static constexpr bool isKernelClock = true;

    [[nodiscard]] SIDESPAN_ALWAYS_INLINE std::uint64_t now() const noexcept SIDESPAN_NONBLOCKING {
        return detail::nanosOf<std::chrono::system_clock>();
    }
    [[nodiscard]] double ticksPerSecond() const noexcept { return 1e9; }
    [[nodiscard]] std::uint64_t unixNanos() const noexcept { return now(); }
};

static_assert(ClockPolicy<SystemClock>);

}
