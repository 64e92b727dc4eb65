// What a host has set for its own threads, and what becomes of it on those of a recorder.
#include "recorders.h"

#include <cfenv>
#include <cmath>
#include <csignal>
#include <functional>
#include <limits>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sidespan/sink_memory/testing.h>

namespace {

using namespace sidespan::test;
using sidespan::AttributeValueView;
using sidespan::Scrub;
using sidespan::testing::recorded;

constexpr int reported = 42;

/// What `child` returns in a forked child, or what killed it, made negative.
int statusOfChild(const std::function<int()>& child) {
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::alarm(20);  // a child that hangs dies of it
        ::_exit(child());
    }
    int status = 0;
    EXPECT_EQ(::waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

// A host's crash reporter, and a hook of a plugin's that touches memory it may not.
int crashInScrub() {
    ::signal(SIGSEGV, [](int) { ::_exit(reported); });
    auto* const page =
        static_cast<volatile int*>(::mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    auto config = granted();
    config.scrub = [page](std::string_view, const AttributeValueView&) {
        *page = 1;
        return Scrub::keep;
    };
    MemoryRecorder<std::mutex> recorder(config);
    {
        auto span = recorder.span("a");
        span.set("key", 1);
    }
    static_cast<void>(recorder.flush(patience));
    return 1;
}

TEST(RecorderInAHost, LetsItsCrashReporterSeeACrashInScrub) {
    EXPECT_EQ(statusOfChild(crashInScrub), reported);
}

template <class Lock>
int recordNotANumber() {
    ::feenableexcept(FE_INVALID);
    MemoryRecorder<Lock> recorder(granted());
    {
        auto span = recorder.span("a");
        span.set("gain", std::numeric_limits<double>::quiet_NaN());
        span.set("level", std::numeric_limits<float>::quiet_NaN());
    }
    const auto spans = recorded(recorder);
    if (spans.size() != 1 || ::fegetexcept() != FE_INVALID) return 1;
    const double* gain = spans[0].attributes.at("gain").asDouble();
    return gain != nullptr && std::isnan(*gain) ? 0 : 2;
}

TEST(RecorderInAHost, DeliversANaNThoughInvalidOperationsRaiseASignal) {
    EXPECT_EQ(statusOfChild(recordNotANumber<std::mutex>), 0);
    EXPECT_EQ(statusOfChild(recordNotANumber<sidespan::NullLock>), 0);
}

int openLaneWithNotANumber() {
    ::feenableexcept(FE_INVALID);
    MemoryRecorder<std::mutex> recorder(granted());
    sidespan::LaneOptions options;
    options.sampleRate = std::numeric_limits<double>::quiet_NaN();
    return recorder.openLane(options).isOpen() ? 1 : 0;
}

TEST(RecorderInAHost, RefusesANaNInTheOptionsOfALane) {
    EXPECT_EQ(statusOfChild(openLaneWithNotANumber), 0);
}

}
