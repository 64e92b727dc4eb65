#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include <sidespan/policy/clock_policy.h>

namespace sidespan::inline v0 {

/// A clock that stands still until a test moves it: `recorder.clock().advance(5ms)`. [any thread]
/// It starts at 2026-01-01T00:00:00Z, and its wall time moves with it unless `setUnixNanos` says otherwise.
class ManualClock {
public:
    static constexpr std::uint64_t startUnixNanos = 1'767'225'600'000'000'000U;

    [[nodiscard]] std::uint64_t now() const noexcept { return ticks_.load(std::memory_order_acquire); }
    [[nodiscard]] double ticksPerSecond() const noexcept { return 1e9; }
    [[nodiscard]] std::uint64_t unixNanos() const noexcept {
        return now() + wallOffset_.load(std::memory_order_acquire);
    }

    void advance(std::chrono::nanoseconds time) noexcept {
        ticks_.fetch_add(static_cast<std::uint64_t>(time.count()), std::memory_order_acq_rel);
    }
    /// Sets the wall clock without moving the ticks, as a user or a suspended machine does.
    void setUnixNanos(std::uint64_t unixNanos) noexcept {
        wallOffset_.store(unixNanos - now(), std::memory_order_release);
    }

private:
    static constexpr std::uint64_t startTicks = 1'000'000'000U;
    std::atomic<std::uint64_t> ticks_{startTicks};
    std::atomic<std::uint64_t> wallOffset_{startUnixNanos - startTicks};
};

static_assert(ClockPolicy<ManualClock>);

}
