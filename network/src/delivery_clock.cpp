#include <sidespan/network/delivery_clock.h>

#include "platform/machine_sleep.h"

namespace sidespan::inline v0 {

DeliveryClock::Time DeliveryClock::now() const {
    return std::chrono::steady_clock::now();
}

DeliveryClock::WallTime DeliveryClock::wallNow() const {
    return std::chrono::system_clock::now();
}

DeliveryClock::Time::duration DeliveryClock::asleep() const {
    return std::chrono::duration_cast<Time::duration>(detail::sleptSoFar());
}

void DeliveryClock::wait(std::unique_lock<std::mutex>& lock, std::condition_variable& wake, Time time) {
    if (time == Time::max()) {
        wake.wait(lock);
    } else {
        wake.wait_until(lock, time);
    }
}

}
