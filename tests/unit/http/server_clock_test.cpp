#include "delivery/server_clock.h"

#include <chrono>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;
using detail::ServerClock;
using Nanos = std::chrono::nanoseconds;

/// A client, a server whose clock is off and runs at another rate, and a network between them.
class ClockWorld {
public:
    ClockWorld(unsigned seed, Nanos skew, double drift) : random_(seed), skew_(skew), drift_(drift) {}

    /// A batch and its answer, after a pause.
    void exchange(ServerClock& clock) {
        now_ += between(10ms, 20s);
        const auto sent = now_;
        now_ += between(1ms, 200ms);
        const auto arrived = now_;
        now_ += between(0ms, 50ms);
        const auto answered = std::chrono::floor<std::chrono::seconds>(serverNow());
        const Nanos worked = now_ - arrived;
        now_ += between(1ms, 400ms);
        clock.observe(sent, now_, answered, std::chrono::floor<std::chrono::microseconds>(worked));
    }
    void wait(Nanos time) { now_ += time; }
    void setServer(Nanos further) { skew_ += further; }

    [[nodiscard]] ServerClock::Time now() const { return now_; }
    /// The offset to add to the client's monotonic clock.
    [[nodiscard]] Nanos trueOffset() const {
        return serverNow().time_since_epoch() - now_.time_since_epoch();
    }

private:
    Nanos between(Nanos least, Nanos most) {
        return Nanos(std::uniform_int_distribution<Nanos::rep>(least.count(), most.count())(random_));
    }
    [[nodiscard]] std::chrono::sys_time<Nanos> serverNow() const {
        constexpr Nanos epoch = 1'766'012'345s;
        const auto passed = (now_ - ServerClock::Time{}).count();
        const auto drifted = static_cast<Nanos::rep>(std::llround(static_cast<double>(passed) * drift_));
        return std::chrono::sys_time<Nanos>(epoch + Nanos(passed + drifted) + skew_);
    }

    std::mt19937 random_;
    Nanos skew_;
    double drift_;
    ServerClock::Time now_{3h};
};

TEST(ServerClock, KnowsNothingBeforeAnAnswer) {
    EXPECT_FALSE(ServerClock().at(ServerClock::Time(1h)));
}

TEST(ServerClock, HoldsItsStatedErrorWithSkewAndDrift) {
    int held = 0;
    Nanos narrowest = 1h;
    for (unsigned run = 0; run < 100; ++run) {
        const Nanos skew = run % 2 == 0 ? 90s : -90s;
        ClockWorld world(run, skew, run % 4 < 2 ? 100e-6 : -100e-6);
        ServerClock clock;
        bool holds = true;
        for (int answers = 0; answers < 40; ++answers) {
            world.exchange(clock);
            world.wait(Nanos(answers) * 100'000'000);
            const auto offset = clock.at(world.now());
            ASSERT_TRUE(offset);
            holds = holds && std::chrono::abs(offset->offset - world.trueOffset()) <= offset->error;
            narrowest = std::min(narrowest, offset->error);
        }
        held += holds ? 1 : 0;
    }
    EXPECT_GE(held, 95);
    EXPECT_LT(narrowest, 100ms) << "many answers know more than one";
}

TEST(ServerClock, OneAnswerBoundsItByASecondAndTheTimeOnTheWay) {
    ServerClock clock;
    const ServerClock::Time sent(10s);
    clock.observe(sent, sent + 300ms, std::chrono::sys_seconds(1000s), 100ms);
    const auto offset = clock.at(sent + 300ms);
    ASSERT_TRUE(offset);
    EXPECT_EQ(offset->error, 600ms + 1ns);  // (1 s + 300 ms - 100 ms) / 2
    EXPECT_EQ(offset->offset, 989'700ms + 600ms);
}

TEST(ServerClock, SaysLessTheLongerItHeardNothing) {
    ClockWorld world(7, 90s, 100e-6);
    ServerClock clock;
    for (int i = 0; i < 30; ++i) world.exchange(clock);
    const auto then = clock.at(world.now());
    world.wait(1h);
    const auto later = clock.at(world.now());
    EXPECT_NEAR(static_cast<double>((later->error - then->error).count()), 3600e9 * ServerClock::mostDrift,
                10);
    EXPECT_LE(std::chrono::abs(later->offset - world.trueOffset()), later->error);
}

// Spans may wait for the first answer; the clocks may drift apart meanwhile.
TEST(ServerClock, SaysLessOfTheTimeBeforeTheAnswers) {
    ClockWorld world(9, 90s, 100e-6);
    const auto begin = world.now();
    const auto offsetThen = world.trueOffset();
    world.wait(10h);
    ServerClock clock;
    for (int i = 0; i < 30; ++i) world.exchange(clock);
    const auto then = clock.at(begin);
    ASSERT_TRUE(then);
    EXPECT_LE(std::chrono::abs(then->offset - offsetThen), then->error);
    EXPECT_GT(then->error, 7200ms);
}

TEST(ServerClock, BeginsAnewWhenAClockWasSet) {
    ClockWorld world(8, 0s, 0);
    ServerClock clock;
    for (int i = 0; i < 30; ++i) world.exchange(clock);
    world.setServer(-1h);
    world.exchange(clock);
    const auto offset = clock.at(world.now());
    EXPECT_LE(std::chrono::abs(offset->offset - world.trueOffset()), offset->error);
    EXPECT_LT(offset->error, 2s);
}

TEST(ServerClock, BelievesNoDateBeyondTheClocks) {
    ServerClock clock;
    const ServerClock::Time sent(10s);
    for (const auto date :
         {std::chrono::sys_seconds(253'402'300'799s), std::chrono::sys_seconds(-62'167'219'200s)})
        clock.observe(sent, sent + 1ms, date, 0ms);
    EXPECT_FALSE(clock.at(sent + 1ms));
    clock.observe(sent, sent + 300ms, std::chrono::sys_seconds(1000s), 100ms);
    clock.observe(sent, sent + 300ms, std::chrono::sys_seconds(253'402'300'799s), 0ms);
    EXPECT_EQ(clock.at(sent + 300ms)->error, 600ms + 1ns);
}

TEST(ServerClock, ReadsTheServersTime) {
    EXPECT_EQ(detail::parseServerTime("12.345"), 12'345us);
    EXPECT_EQ(detail::parseServerTime("7"), 7ms);
    EXPECT_EQ(detail::parseServerTime("0.123456789"), 123'456ns);
    for (const char* text : {"", "x", "-1", "1e99", "nan", "5 ms", "inf"})
        EXPECT_EQ(detail::parseServerTime(text), 0ns) << text;
}

}
}
