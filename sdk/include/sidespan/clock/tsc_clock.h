#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/detail/compiler.h>
#include <sidespan/detail/instructions.h>
#include <sidespan/policy/clock_policy.h>

namespace sidespan::inline v0 {

/// The processor's own counter: rdtsc on x86, cntvct_el0 on ARM; about 10 ns a read. Not fenced, since a
/// fence doubles the cost and a span is longer than what the processor reorders.
///
/// Where the processor does not promise that its counter runs at one speed on all cores and through sleep
/// states (CPUID 0x80000007, bit 8), it reads the steady clock instead. The frequency is measured against the
/// steady clock over the first second at least, and then stands, since a machine that sleeps may stop one of
/// the two; on ARM the processor tells it.
class TscClock {
public:
    TscClock() noexcept;

    [[nodiscard]] SIDESPAN_ALWAYS_INLINE std::uint64_t now() const noexcept SIDESPAN_NONBLOCKING {
        if (!isInvariant_) [[unlikely]]
            return steady_.now();
        return detail::processor::readCounter();
    }
    /// May spin for up to 2 ms when called right after construction. Not for recording threads.
    [[nodiscard]] double ticksPerSecond() const noexcept;
    [[nodiscard]] std::uint64_t unixNanos() const noexcept { return steady_.unixNanos(); }

    /// Whether the processor's counter is in use.
    [[nodiscard]] bool isInvariant() const noexcept { return isInvariant_; }

private:
    SIDESPAN_NO_UNIQUE_ADDRESS SteadyClock steady_;
    bool isInvariant_;
    std::uint64_t startTicks_ = 0;
    std::uint64_t startNanos_ = 0;
    mutable std::atomic<double> frequency_{0};  // once it stands
};

static_assert(ClockPolicy<TscClock>);

}
