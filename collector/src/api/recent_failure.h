#pragma once

#include <atomic>
#include <chrono>

namespace sidespan::collector {

/// Remembers that the store could not store spans, for `lasts` or until it stores some. The failure expires
/// by itself: clients may be kept away from a collector that reports it, and then no success would clear it.
/// [any thread]
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
