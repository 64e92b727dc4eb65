#include "machine_sleep.h"

#if defined(__linux__)
#include <algorithm>
#include <ctime>
#endif

namespace sidespan::inline v0::detail {

// Only Linux stops its steady clock during sleep; macOS and Windows do not.
#if defined(__linux__)
std::chrono::nanoseconds sleptSoFar() noexcept {
    using namespace std::chrono;
    timespec awake{};
    timespec ever{};
    if (::clock_gettime(CLOCK_MONOTONIC, &awake) != 0 || ::clock_gettime(CLOCK_BOOTTIME, &ever) != 0)
        return {};
    const auto sinceStart = [](const timespec& time) {
        return seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
    };
    return std::max(sinceStart(ever) - sinceStart(awake), nanoseconds(0));
}
#else
std::chrono::nanoseconds sleptSoFar() noexcept {
    return {};
}
#endif

}
