#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// The clock by which delivery waits, retries and expires. This one is real; tests derive one whose hours
/// pass in microseconds. Timeouts of a single exchange and deadlines of callers always use real time.
class DeliveryClock {
public:
    using Time = std::chrono::steady_clock::time_point;
    using WallTime = std::chrono::system_clock::time_point;

    virtual ~DeliveryClock() = default;
    [[nodiscard]] virtual Time now() const;
    [[nodiscard]] virtual WallTime wallNow() const;
    /// How long `now()` has stood still because the machine slept; 0 if `now()` also counts during sleep.
    [[nodiscard]] virtual Time::duration asleep() const;
    /// Waits, with `lock` released, until `time` has come or `wake` is notified, or for no reason at all.
    virtual void wait(std::unique_lock<std::mutex>& lock, std::condition_variable& wake, Time time);
};

}
