#pragma once

#include <chrono>
#include <cstdint>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/std_clock.h>
#include <sidespan/policy/clock_policy.h>

namespace sidespan::inline v0 {

/// std::chrono::steady_clock in nanoseconds: the default. About 25 ns a read where the system serves it from
/// user space, as Linux, macOS and Windows do on ordinary machines.
class SteadyClock {
public:
    /// It is the operating system that decides what a read costs.
    static constexpr bool isKernelClock = true;

    [[nodiscard]] SIDESPAN_ALWAYS_INLINE std::uint64_t now() const noexcept SIDESPAN_NONBLOCKING {
        return detail::nanosOf<std::chrono::steady_clock>();
    }
    [[nodiscard]] double ticksPerSecond() const noexcept { return 1e9; }
    [[nodiscard]] std::uint64_t unixNanos() const noexcept {
        return detail::nanosOf<std::chrono::system_clock>();
    }
};

static_assert(ClockPolicy<SteadyClock>);

}
