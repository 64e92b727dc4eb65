#include "faked_system.h"

#include <atomic>

#include <sys/time.h>

namespace {

std::atomic<std::chrono::seconds> wallClockAhead{};

}

// Stands in for libc's.
extern "C" int gettimeofday(timeval* time, void*) noexcept {
    using namespace std::chrono;
    const auto now = (system_clock::now() + wallClockAhead.load()).time_since_epoch();
    const auto whole = floor<seconds>(now);
    time->tv_sec = static_cast<decltype(time->tv_sec)>(whole.count());
    time->tv_usec = static_cast<decltype(time->tv_usec)>(duration_cast<microseconds>(now - whole).count());
    return 0;
}

namespace loopshare::testing {

void setWallClockAhead(std::chrono::seconds ahead) {
    wallClockAhead = ahead;
}

}
