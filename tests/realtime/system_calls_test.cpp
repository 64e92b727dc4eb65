#include "lane_work.h"
#include "system_call_filter.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <sidespan/clock/steady_clock.h>
#include <sidespan/clock/tsc_clock.h>
#include <sidespan/detail/platform.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>

namespace {

using namespace sidespan::test;
using sidespan::DropReason;

/// How a forked child that runs `body` ended.
std::string inForkedChild(const std::function<std::string()>& body) {
    int ends[2] = {};
    EXPECT_EQ(::pipe(ends), 0);
    const pid_t pid = ::fork();
    if (pid == 0) {
        const rlimit noCore{0, 0};
        ::setrlimit(RLIMIT_CORE, &noCore);
        ::alarm(100);  // a child that hangs dies of it
        const std::string said = body();
        const auto written = ::write(ends[1], said.data(), said.size());
        ::_exit(written == static_cast<ssize_t>(said.size()) ? 0 : 1);
    }
    ::close(ends[1]);
    std::string said;
    char buffer[256];
    for (ssize_t size = 0; (size = ::read(ends[0], buffer, sizeof buffer)) > 0;)
        said.append(buffer, static_cast<std::size_t>(size));
    ::close(ends[0]);
    int status = 0;
    EXPECT_EQ(::waitpid(pid, &status, 0), pid);
    if (WIFSIGNALED(status)) return "killed by signal " + std::to_string(WTERMSIG(status));
    return said;
}

const std::string killed = "killed by signal " + std::to_string(SIGSYS);

/// Runs `work` on a thread that may make no system call.
void withoutSystemCalls(const std::function<void()>& work, std::string& problem) {
    std::atomic<bool> isDone{false};
    std::atomic<bool> isRefused{false};
    std::thread thread([&] {
        if (forbidSystemCalls()) {
            work();
            isDone.store(true);
        } else {
            isRefused.store(true);
        }
        exitThread();
    });
    thread.join();
    if (isRefused.load()) problem = "the system refuses the filter";
    if (!isDone.load() && problem.empty()) problem = "the work was not done";
}

// Makes the recorder's drain thread run beside a flood of a million spans into a small ring, most of which it
// has no room for, and checks that every one is accounted for.
template <class Clock>
std::string recordAMillion(const std::function<void()>& besides) {
    constexpr std::uint64_t turns = 1'000'000 / spansPerTurn;
    sidespan::Recorder<Clock, sidespan::MemorySink, std::mutex> recorder(busyConfig());
    auto lane = recorder.openLane(workOptions(std::size_t{16} << 10U));
    std::string problem;
    withoutSystemCalls(
        [&] {
            for (std::uint64_t turn = 0; turn < turns; ++turn) workTurn(lane, turn);
            besides();
        },
        problem);
    if (!problem.empty()) return problem;
    if (!recorder.flush(patience)) return "not flushed";
    const auto stats = recorder.stats();
    if (stats.recorded + stats.notKept != turns * spansPerTurn) return "spans are missing";
    if (stats.notKept < turns * 2) return "too few blocks were rewound";
    if (stats.dropped[DropReason::laneFull] == 0) return "nothing overflowed";
    if (stats.delivered == 0) return "nothing was delivered";
    if (lane.misuses() != turns) return "misuse was not counted";
    if (!stats.isConserved()) return "not conserved";
    return "well";
}

// The same, without the flood, where a sampler leaves some of them out.
template <class Clock>
std::string recordSampled(const sidespan::Sampler& sampler) {
    constexpr std::uint64_t turns = 10'000;
    auto config = busyConfig();
    config.sampler = sampler;
    sidespan::Recorder<Clock, sidespan::MemorySink, std::mutex> recorder(config);
    auto lane = recorder.openLane(workOptions(std::size_t{16} << 10U));
    std::string problem;
    withoutSystemCalls(
        [&] {
            for (std::uint64_t turn = 0; turn < turns; ++turn) workTurn(lane, turn);
        },
        problem);
    if (!problem.empty()) return problem;
    if (!recorder.flush(patience)) return "not flushed";
    const auto stats = recorder.stats();
    if (stats.recorded + stats.notKept != turns * spansPerTurn) return "spans are missing";
    if (stats.notSampled == 0) return "all were sampled";
    if (!stats.isConserved()) return "not conserved";
    return "well";
}

template <class Clock>
class SystemCalls : public ::testing::Test {
protected:
    void SetUp() override {
        if (!sidespan::detail::platform::isSteadyClockInUserSpace())
            GTEST_SKIP() << "this machine's clock is a system call";
    }
};
using Clocks = ::testing::Types<sidespan::SteadyClock, sidespan::TscClock>;
struct ClockNames {
    template <class Clock>
    static std::string GetName(int) {
        return std::is_same_v<Clock, sidespan::TscClock> ? "Tsc" : "Steady";
    }
};
TYPED_TEST_SUITE(SystemCalls, Clocks, ClockNames);

TYPED_TEST(SystemCalls, AreNotMadeByAMillionSpansOnALane) {
    EXPECT_EQ(inForkedChild([] { return recordAMillion<TypeParam>([] {}); }), "well");
}

TYPED_TEST(SystemCalls, AreNotMadeByASampler) {
    for (const auto& sampler : samplersThatLeaveSomeOut())
        EXPECT_EQ(inForkedChild([&] { return recordSampled<TypeParam>(sampler); }), "well");
}

TYPED_TEST(SystemCalls, KillTheChildIfOneIsMadeAfterThem) {
    EXPECT_EQ(inForkedChild([] { return recordAMillion<TypeParam>([] { ::syscall(SYS_getpid); }); }), killed);
}

TEST(SystemCallFilter, LetsAThreadEnd) {
    EXPECT_EQ(inForkedChild([] {
                  std::string problem;
                  withoutSystemCalls([] {}, problem);
                  return problem.empty() ? "well" : problem;
              }),
              "well");
}

TEST(SystemCallFilter, KillsAtAnyOther) {
    EXPECT_EQ(inForkedChild([] {
                  std::string problem;
                  withoutSystemCalls([] { std::this_thread::yield(); }, problem);
                  return problem;
              }),
              killed);
}

}
