#include <chrono>
#include <cmath>
#include <cstdint>

#include <gtest/gtest.h>
#include <sidespan/clock/manual_clock.h>
#include <sidespan/clock/steady_clock.h>
#include <sidespan/clock/system_clock.h>
#include <sidespan/clock/tsc_clock.h>

namespace {

using namespace std::chrono_literals;

TEST(ManualClock, StandsStillUntilItIsMoved) {
    sidespan::ManualClock clock;
    const auto begin = clock.now();
    EXPECT_EQ(clock.unixNanos(), sidespan::ManualClock::startUnixNanos);
    EXPECT_EQ(clock.now(), begin);
    clock.advance(5ms);
    EXPECT_EQ(clock.now(), begin + 5'000'000);
    EXPECT_EQ(clock.unixNanos(), sidespan::ManualClock::startUnixNanos + 5'000'000);
}

TEST(ManualClock, BeginsWithTheYear2026) {
    using namespace std::chrono;
    const sys_days day = year(2026) / January / 1;
    EXPECT_EQ(sidespan::ManualClock::startUnixNanos,
              static_cast<std::uint64_t>(nanoseconds(day.time_since_epoch()).count()));
}

TEST(ManualClock, SetsTheWallClockAlone) {
    sidespan::ManualClock clock;
    const auto ticks = clock.now();
    clock.setUnixNanos(42);
    EXPECT_EQ(clock.unixNanos(), 42U);
    EXPECT_EQ(clock.now(), ticks);
    clock.advance(1ns);
    EXPECT_EQ(clock.unixNanos(), 43U);
}

template <class Clock>
class RealClock : public ::testing::Test {
protected:
    Clock clock;
};
using RealClocks = ::testing::Types<sidespan::SteadyClock, sidespan::SystemClock, sidespan::TscClock>;
TYPED_TEST_SUITE(RealClock, RealClocks);

TYPED_TEST(RealClock, NeverRunsBackwards) {
    auto last = this->clock.now();
    for (int i = 0; i < 10'000; ++i) {
        const auto now = this->clock.now();
        ASSERT_GE(now, last);
        last = now;
    }
}

TYPED_TEST(RealClock, KnowsTheDate) {
    const auto system = std::chrono::duration_cast<std::chrono::nanoseconds>(
                            std::chrono::system_clock::now().time_since_epoch())
                            .count();
    EXPECT_NEAR(static_cast<double>(this->clock.unixNanos()), static_cast<double>(system), 10e9);
}

/// One moment, in a clock's ticks and in the steady clock's nanoseconds.
struct Pair {
    std::uint64_t ticks;
    std::uint64_t nanos;
};

// Reads the steady clock before and after, and takes the closest of several pairs.
template <class Clock>
Pair readBoth(const Clock& clock) {
    const sidespan::SteadyClock steady;
    Pair best{};
    std::uint64_t closest = ~std::uint64_t{0};
    for (int i = 0; i < 200; ++i) {
        const auto before = steady.now();
        const auto ticks = clock.now();
        const auto after = steady.now();
        if (after - before >= closest) continue;
        closest = after - before;
        best = {ticks, before + closest / 2};
    }
    return best;
}

TYPED_TEST(RealClock, AgreesWithTheSteadyClockWithinOnePercent) {
    const auto begin = readBoth(this->clock);
    const auto until = std::chrono::steady_clock::now() + 20ms;
    while (std::chrono::steady_clock::now() < until) {
    }
    const auto end = readBoth(this->clock);
    const double seconds = static_cast<double>(end.ticks - begin.ticks) / this->clock.ticksPerSecond();
    const double expected = static_cast<double>(end.nanos - begin.nanos) / 1e9;
    EXPECT_NEAR(seconds, expected, expected / 100);
}

TEST(TscClock, TellsAFrequencyRightAfterItWasMade) {
    const sidespan::TscClock clock;
    const double frequency = clock.ticksPerSecond();
    EXPECT_GT(frequency, 1e6);
    EXPECT_LT(frequency, 1e11);
    EXPECT_TRUE(std::isfinite(frequency));
}

TEST(TscClock, ReadsTheSteadyClockWhereTheCounterIsNotInvariant) {
    const sidespan::TscClock clock;
    if (clock.isInvariant()) GTEST_SKIP() << "the counter is invariant here";
    EXPECT_EQ(clock.ticksPerSecond(), 1e9);
}

}
