#include "processor_time.h"

#include <ctime>

#include <sched.h>
#include <sys/resource.h>

namespace sidespan::bench {
namespace {

double secondsOf(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

}

double threadSeconds() {
    return secondsOf(CLOCK_THREAD_CPUTIME_ID);
}

double processSeconds() {
    return secondsOf(CLOCK_PROCESS_CPUTIME_ID);
}

double preemptionsSoFar() {
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    return static_cast<double>(usage.ru_nivcsw);
}

struct OwnProcessor::Sets {
    cpu_set_t before;
    cpu_set_t own;
    cpu_set_t others;
};

OwnProcessor::OwnProcessor(pid_t other) : other_(other), sets_(new Sets), isOwn_(false) {
    sched_getaffinity(0, sizeof sets_->before, &sets_->before);
    sets_->others = sets_->before;
    CPU_ZERO(&sets_->own);
    if (CPU_COUNT(&sets_->before) < 2) return;
    int last = CPU_SETSIZE - 1;
    while (!CPU_ISSET(last, &sets_->before)) --last;
    CPU_CLR(last, &sets_->others);
    CPU_SET(last, &sets_->own);
    isOwn_ = sched_setaffinity(0, sizeof sets_->others, &sets_->others) == 0 &&
             sched_setaffinity(other_, sizeof sets_->others, &sets_->others) == 0;
}

OwnProcessor::~OwnProcessor() {
    sched_setaffinity(0, sizeof sets_->before, &sets_->before);
    sched_setaffinity(other_, sizeof sets_->before, &sets_->before);
    delete sets_;
}

void OwnProcessor::enter() const {
    if (isOwn_) sched_setaffinity(0, sizeof sets_->own, &sets_->own);
}

}
