#include "recorders.h"

#include <chrono>
#include <cstdint>

#include <gmock/gmock.h>
#include <sidespan/clock/steady_clock.h>
#include <sidespan/clock/system_clock.h>
#include <sidespan/clock/tsc_clock.h>
#include <sidespan/sink_memory/testing.h>

namespace {

using namespace std::chrono_literals;
using namespace sidespan::test;
using sidespan::Span;
using sidespan::testing::hasName;
using sidespan::testing::only;
using sidespan::testing::recorded;

constexpr std::uint64_t hour = 3'600'000'000'000U;

std::uint64_t duration(const Span& span) {
    return span.endTimeUnixNano - span.startTimeUnixNano;
}

class RecorderTime : public ::testing::Test {
protected:
    MemoryRecorder<sidespan::NullLock> recorder{granted()};

    // Records a span before the wall clock moves, one across, and one after.
    std::vector<Span> recordAcross(std::int64_t jump) {
        auto& clock = recorder.clock();
        {
            auto before = recorder.span("before");
            clock.advance(5ms);
        }
        EXPECT_TRUE(recorder.flush(patience));
        {
            auto across = recorder.span("across");
            clock.advance(3ms);
            clock.setUnixNanos(clock.unixNanos() + static_cast<std::uint64_t>(jump));
            clock.advance(4ms);
        }
        {
            auto after = recorder.span("after");
            clock.advance(6ms);
        }
        return recorded(recorder);
    }
};

TEST_F(RecorderTime, FollowsAWallClockThatJumpsAheadWithoutBendingDurations) {
    const auto begin = recorder.clock().unixNanos();
    const auto spans = recordAcross(static_cast<std::int64_t>(hour));
    EXPECT_EQ(only(spans, hasName("before")).startTimeUnixNano, begin);
    EXPECT_EQ(only(spans, hasName("after")).startTimeUnixNano, begin + hour + 12'000'000);
    EXPECT_EQ(duration(only(spans, hasName("before"))), 5'000'000U);
    EXPECT_EQ(duration(only(spans, hasName("across"))), 7'000'000U);
    EXPECT_EQ(duration(only(spans, hasName("after"))), 6'000'000U);
}

TEST_F(RecorderTime, FollowsAWallClockThatIsSetBackWithoutBendingDurations) {
    const auto begin = recorder.clock().unixNanos();
    const auto spans = recordAcross(-static_cast<std::int64_t>(hour));
    EXPECT_EQ(only(spans, hasName("after")).startTimeUnixNano, begin - hour + 12'000'000);
    EXPECT_EQ(duration(only(spans, hasName("across"))), 7'000'000U);
    EXPECT_EQ(duration(only(spans, hasName("after"))), 6'000'000U);
}

TEST_F(RecorderTime, KeepsEventsInsideTheirSpanWhenTheWallClockJumps) {
    {
        auto span = recorder.span("a");
        recorder.clock().advance(1ms);
        span.event("first");
        recorder.clock().setUnixNanos(recorder.clock().unixNanos() + hour);
        recorder.clock().advance(1ms);
        span.event("second");
    }
    const auto span = recorded(recorder).at(0);
    EXPECT_EQ(span.events.at(0).timeUnixNano, span.startTimeUnixNano + 1'000'000);
    EXPECT_EQ(span.events.at(1).timeUnixNano, span.startTimeUnixNano + 2'000'000);
}

template <class Clock>
class RecorderClock : public ::testing::Test {};
using RealClocks = ::testing::Types<sidespan::SteadyClock, sidespan::SystemClock, sidespan::TscClock>;
TYPED_TEST_SUITE(RecorderClock, RealClocks);

TYPED_TEST(RecorderClock, PlacesSpansInTheCalendarOfTheSystem) {
    using System = std::chrono::system_clock;
    sidespan::Recorder<TypeParam, sidespan::MemorySink, std::mutex> recorder(granted());
    const auto before = System::now();
    {
        auto outer = recorder.span("outer");
        auto inner = outer.child("inner");
        inner.event("now");
    }
    const auto after = System::now();
    const auto nanos = [](System::time_point time) {
        return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
    };
    const auto spans = recorded(recorder);
    const auto& outer = only(spans, hasName("outer"));
    const auto& inner = only(spans, hasName("inner"));
    constexpr auto tolerance = 50'000'000;  // beyond it the clocks are taken to have parted
    EXPECT_GE(static_cast<std::int64_t>(outer.startTimeUnixNano), nanos(before) - tolerance);
    EXPECT_LE(static_cast<std::int64_t>(outer.endTimeUnixNano), nanos(after) + tolerance);
    EXPECT_LE(outer.startTimeUnixNano, inner.startTimeUnixNano);
    EXPECT_LE(inner.startTimeUnixNano, inner.events.at(0).timeUnixNano);
    EXPECT_LE(duration(outer), static_cast<std::uint64_t>(nanos(after) - nanos(before)) * 11 / 10 + 1000);
}

}
