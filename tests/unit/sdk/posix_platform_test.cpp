#include <array>
#include <cfenv>
#include <csignal>
#include <fstream>
#include <string>
#include <thread>

#include <pthread.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <sidespan/detail/platform.h>

namespace {

namespace platform = sidespan::detail::platform;

TEST(ForkCell, IsZeroInAForkedChildAlone) {
    const platform::ForkCell cell;
    EXPECT_EQ(cell.value(), 0U);
    cell.value() = 42;
    const pid_t child = ::fork();
    if (child == 0) ::_exit(static_cast<int>(cell.value().load()));
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
    EXPECT_EQ(cell.value(), 42U);
}

TEST(PlatformThread, RunsItsBodyOnceUnderItsName) {
    int runs = 0;
    std::string name(16, '\0');
    auto thread = platform::Thread::start("a-rather-long-thread-name", [&] {
        ++runs;
        pthread_getname_np(pthread_self(), name.data(), name.size());
    });
    ASSERT_TRUE(thread);
    EXPECT_TRUE(thread.value().isJoinable());
    thread.value().join();
    EXPECT_FALSE(thread.value().isJoinable());
    thread.value().join();
    EXPECT_EQ(runs, 1);
    EXPECT_STREQ(name.c_str(), "a-rather-long-t");
}

TEST(PlatformThread, LeavesOpenTheSignalsThatACrashReporterWaitsFor) {
    sigset_t blocked;
    auto thread = platform::Thread::start("a", [&] { ::pthread_sigmask(SIG_SETMASK, nullptr, &blocked); });
    ASSERT_TRUE(thread);
    thread.value().join();
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS})
        EXPECT_EQ(sigismember(&blocked, fault), 0) << fault;
    for (const int other : {SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGALRM, SIGUSR1, SIGCHLD, SIGPROF})
        EXPECT_EQ(sigismember(&blocked, other), 1) << other;
}

TEST(WriteSignalBlock, LetsAWriteFailThatNobodyReads) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    ::close(ends[0]);
    const auto isRaised = [] {
        sigset_t pending;
        return ::sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
    };
    {
        const platform::WriteSignalBlock noSignal;
        EXPECT_EQ(::write(ends[1], "a", 1), -1);
        EXPECT_TRUE(isRaised());
    }
    EXPECT_FALSE(isRaised());
    sigset_t blocked;
    ::pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
    EXPECT_EQ(sigismember(&blocked, SIGPIPE), 0);
    ::close(ends[1]);
}

#if defined(__linux__)
TEST(PlatformThread, LeavesTheProcessorThatItsStarterIsPinnedTo) {
    cpu_set_t first;
    ASSERT_EQ(::sched_getaffinity(::getpid(), sizeof first, &first), 0);
    if (CPU_COUNT(&first) < 2) GTEST_SKIP() << "there is only one processor";
    cpu_set_t seen;
    std::thread audio([&] {
        cpu_set_t one;
        CPU_ZERO(&one);
        for (int i = 0; CPU_COUNT(&one) == 0; ++i) {
            if (CPU_ISSET(i, &first)) CPU_SET(i, &one);
        }
        ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
        auto thread = platform::Thread::start(
            "affinity", [&] { ASSERT_EQ(::sched_getaffinity(0, sizeof seen, &seen), 0); });
        ASSERT_TRUE(thread.isSuccess());
        thread.value().join();
    });
    audio.join();
    EXPECT_TRUE(CPU_EQUAL(&seen, &first));
}
#endif

TEST(PlatformThread, BeginsWithTheDefaultFloatingPointEnvironment) {
    std::fenv_t before;
    std::fegetenv(&before);
    ::feenableexcept(FE_INVALID | FE_DIVBYZERO);
    std::fesetround(FE_UPWARD);
    int enabled = -1;
    int rounding = -1;
    auto thread = platform::Thread::start("a", [&] {
        enabled = ::fegetexcept();
        rounding = std::fegetround();
    });
    std::fesetenv(&before);
    ASSERT_TRUE(thread);
    thread.value().join();
    EXPECT_EQ(enabled, 0);
    EXPECT_EQ(rounding, FE_TONEAREST);
}

TEST(SteadyClockInUserSpace, IsSoWhereTheKernelReadsTheProcessorsCounter) {
    std::ifstream file("/sys/devices/system/clocksource/clocksource0/current_clocksource");
    std::string source;
    if (!(file >> source) || (source != "tsc" && source != "kvm-clock" && source != "arch_sys_counter"))
        GTEST_SKIP() << "the clock source here is \"" << source << "\"";
    EXPECT_TRUE(platform::isSteadyClockInUserSpace());
}

}
