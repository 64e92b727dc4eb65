#pragma once

#include <atomic>
#include <chrono>

namespace sidespan::collector {

/// Whether the store could not take spans a short while ago, and has taken none since. The failure is
/// forgotten after some time, since nobody may send spans to a collector that says it cannot store them. [any
/// thread]
class RecentFailure {
public:
    using TimePoint = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::seconds lasts{10};

    void failed(TimePoint now) noexcept { until_.store(now + lasts, std::memory_order_relaxed); }
    void succeeded() noexcept { until_.store(TimePoint::min(), std::memory_order_relaxed); }
    [[nodiscard]] bool isThere(TimePoint now) const noexcept {
        return now < until_.load(std::memory_order_relaxed);
    }

private:
    std::atomic<TimePoint> until_{TimePoint::min()};
};

}
