#include "processor_seconds.h"

#include <cstdint>
#include <ctime>
#include <fstream>
#include <stdexcept>

namespace sidespan::bench {

double processorSeconds() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double processorSeconds(const std::string& process) {
    std::ifstream stat("/proc/" + process + "/schedstat");
    std::int64_t nanos = 0;
    if (!(stat >> nanos)) throw std::runtime_error("/proc/" + process + "/schedstat cannot be read");
    return static_cast<double>(nanos) * 1e-9;
}

}
