#include <sidespan/network/delivery_clock.h>

#include <algorithm>

#if defined(__linux__)
#include <ctime>
#endif

namespace sidespan::inline v0 {

DeliveryClock::Time DeliveryClock::now() const {
    return std::chrono::steady_clock::now();
}

DeliveryClock::WallTime DeliveryClock::wallNow() const {
    return std::chrono::system_clock::now();
}

// Only Linux stops its steady clock during sleep; macOS and Windows do not.
DeliveryClock::Time::duration DeliveryClock::asleep() const {
#if defined(__linux__)
    using namespace std::chrono;
    timespec awake{};
    timespec ever{};
    if (::clock_gettime(CLOCK_MONOTONIC, &awake) != 0 || ::clock_gettime(CLOCK_BOOTTIME, &ever) != 0)
        return {};
    const auto sinceStart = [](const timespec& time) {
        return seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
    };
    return std::max(duration_cast<Time::duration>(sinceStart(ever) - sinceStart(awake)), Time::duration());
#else
    return {};
#endif
}

void DeliveryClock::wait(std::unique_lock<std::mutex>& lock, std::condition_variable& wake, Time time) {
    if (time == Time::max()) {
        wake.wait(lock);
    } else {
        wake.wait_until(lock, time);
    }
}

}
