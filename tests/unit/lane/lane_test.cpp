#include "lanes.h"

#include <optional>
#include <thread>
#include <utility>

#include <gmock/gmock.h>
#include <sidespan/lock/spin_lock.h>
#include <sidespan/null_recorder.h>

namespace {

using namespace sidespan::test;
using sidespan::DropReason;
using sidespan::SpanContext;
using sidespan::testing::hasName;
using sidespan::testing::only;
using sidespan::testing::recorded;
using sidespan::testing::tree;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Lane, RecordsNothingUnlessItWasOpened) {
    SoloRecorder::Lane lane;
    EXPECT_FALSE(lane.isOpen());
    lane.keepAll(true);
    auto span = lane.span("span");
    EXPECT_FALSE(span.isRecording());
    EXPECT_FALSE(span.context().isValid());
    span.set("a", [] { return ADD_FAILURE(), 1; });
    span.event("b");
    span.link({sidespan::TraceId(1, 1), sidespan::SpanId(1)});
    span.setStatus(sidespan::SpanStatus::error, "c");
    auto child = span.child("child");
    EXPECT_FALSE(child.isRecording());
    auto block = lane.block(64);
    EXPECT_FALSE(block.isRecording());
    EXPECT_EQ(lane.misuses(), 0U);
    lane.close();
}

TEST(Lane, RecordsNothingOnceClosedButLosesNothingEither) {
    SoloRecorder recorder(laneConfig());
    auto lane = recorder.openLane();
    { auto span = lane.span("before"); }
    lane.close();
    EXPECT_FALSE(lane.isOpen());
    { auto span = lane.span("after"); }
    EXPECT_EQ(tree(recorded(recorder)), "before\n");
    lane.close();
    EXPECT_TRUE(recorder.stats().isConserved());
    EXPECT_EQ(recorder.stats().recorded, 1U);
}

TEST(Lane, MovesToAnotherHandleAndClosesTheOneThere) {
    SoloRecorder recorder(laneConfig());
    auto first = recorder.openLane();
    auto second = recorder.openLane();
    { auto span = second.span("second's"); }
    second = std::move(first);
    EXPECT_FALSE(first.isOpen());  // NOLINT(bugprone-use-after-move)
    EXPECT_TRUE(second.isOpen());
    { auto span = second.span("first's"); }
    SoloRecorder::Lane third(std::move(second));
    { auto span = third.span("third's"); }
    const auto spans = recorded(recorder);
    EXPECT_THAT(spans, SizeIs(3));
    EXPECT_EQ(countNamed(spans, "second's"), 1U);
}

TEST(Lane, WithoutADrainThreadIsDrainedByFlush) {
    SoloRecorder recorder(laneConfig());
    auto lane = recorder.openLane();
    { auto span = lane.span("a"); }
    EXPECT_THAT(recorder.sink().spans(), IsEmpty());
    EXPECT_TRUE(recorder.flush(patience));
    EXPECT_THAT(recorder.sink().spans(), SizeIs(1));
}

TEST(Lane, PublishesNothingUntilTheOutermostSpanEnds) {
    SoloRecorder recorder(laneConfig());
    auto lane = recorder.openLane();
    {
        auto root = lane.span("root");
        { auto child = root.child("child"); }
        EXPECT_THAT(recorded(recorder), IsEmpty());
    }
    EXPECT_THAT(recorded(recorder), SizeIs(2));
}

TEST(Lane, CountsAnOutermostSpanWithinAnotherAndRecordsTheFirst) {
    SoloRecorder recorder(laneConfig());
    auto lane = recorder.openLane();
    {
        auto root = lane.span("root");
        {
            auto wrong = lane.span("wrong");
            EXPECT_FALSE(wrong.isRecording());
            wrong.set("a", 1);
            auto wrongBlock = lane.block(64);
            EXPECT_FALSE(wrongBlock.isRecording());
            auto wrongChild = lane.span("wrong child", root.context());
            EXPECT_FALSE(wrongChild.isRecording());
        }
        root.set("b", 2);
        auto child = root.child("child");
    }
    { auto next = lane.span("next"); }
    EXPECT_EQ(lane.misuses(), 3U);
    EXPECT_EQ(tree(recorded(recorder)), "root\n  child\nnext\n");
    EXPECT_EQ(recorder.stats().recorded, 3U);
}

TEST(Lane, HasAHeadOfItsOwn) {
    SoloRecorder recorder(laneConfig());
    auto first = recorder.openLane();
    auto second = recorder.openLane();
    {
        auto a = first.span("a");
        auto b = second.span("b", a.context());
        auto c = a.child("c");
    }
    EXPECT_EQ(first.misuses() + second.misuses(), 0U);
    EXPECT_EQ(tree(recorded(recorder)), "a\n  c\n  b\n");
}

TEST(Lane, IsHandedOverFromThreadToThread) {
    ThreadedRecorder recorder(laneConfig());
    auto lane = recorder.openLane();
    for (int i = 0; i < 20; ++i) {
        std::thread host([&] {
            auto span = lane.span("callback");
            span.set("turn", i);
        });
        host.join();
    }
    const auto spans = recorded(recorder);
    ASSERT_THAT(spans, SizeIs(20));
    for (int i = 0; i < 20; ++i) EXPECT_EQ(spans[static_cast<std::size_t>(i)].attributes.at("turn"), i);
    EXPECT_EQ(lane.misuses(), 0U);
}

TEST(Lane, DropsAnOutermostSpanWithEverythingInItWhenThereIsNoRoom) {
    SoloRecorder recorder(laneConfig());
    auto lane = recorder.openLane(smallLane());
    {
        auto kept = lane.span("kept");
        auto child = kept.child("kept child");
    }
    {
        auto large = lane.span("large");
        { auto child = large.child("early child"); }
        for (int i = 0; i < 10; ++i) {
            auto child = large.child("child");
            child.set("text", std::string(4'000, 'x'));
            child.event("event", sidespan::attr("a", 1));
            child.setStatus(sidespan::SpanStatus::error, "message");
            child.link({sidespan::TraceId(1, 1), sidespan::SpanId(1)});
            auto grandchild = child.child("grandchild");
        }
        large.set("late", 1);
    }
    {
        auto kept = lane.span("kept too");
        kept.set("a", 1);
    }
    EXPECT_EQ(tree(recorded(recorder)), "kept\n  kept child\nkept too\n");
    const auto stats = recorder.stats();
    EXPECT_EQ(stats.dropped[DropReason::laneFull], 22U);
    EXPECT_EQ(stats.recorded, 25U);
    EXPECT_TRUE(stats.isConserved());
}

TEST(Lane, TakesMoreOnceItWasDrained) {
    SoloRecorder recorder(laneConfig());
    auto lane = recorder.openLane(smallLane());
    const auto first = fill(recorder, lane);
    EXPECT_GT(first, leastCapacity / 64 - 10);
    EXPECT_THAT(recorded(recorder), SizeIs(first));
    for (std::uint64_t i = 0; i < first; ++i) auto span = lane.span("again");
    EXPECT_EQ(countNamed(recorded(recorder), "again"), first);
    EXPECT_EQ(recorder.stats().dropped[DropReason::laneFull], 1U);
    EXPECT_TRUE(recorder.stats().isConserved());
}

TEST(Lane, NamesNoContextForWhatItHasNoRoomFor) {
    SoloRecorder recorder(laneConfig());
    auto lane = recorder.openLane(smallLane());
    static_cast<void>(fill(recorder, lane));
    auto span = lane.span("dropped");
    span.set("private", std::string(100, 'p'));
    EXPECT_FALSE(span.context().isValid());
    auto child = span.child("child");
    EXPECT_FALSE(child.context().isValid());
}

TEST(Lane, NamesNoContextForABlockItHasNoRoomFor) {
    SoloRecorder recorder(laneConfig());
    auto options = quietLane();
    options.capacityBytes = leastCapacity;
    auto lane = recorder.openLane(options);
    static_cast<void>(fill(recorder, lane));
    auto block = lane.block(tenMillis);
    EXPECT_FALSE(block.context().isValid());
}

TEST(Lane, OutlivesItsRecorder) {
    std::optional<SoloRecorder> recorder(laneConfig());
    auto lane = recorder->openLane();
    { auto span = lane.span("before"); }
    recorder.reset();
    auto span = lane.span("after");
    EXPECT_FALSE(span.isRecording());
    auto block = lane.block(64);
    EXPECT_FALSE(block.isRecording());
    EXPECT_TRUE(lane.isOpen());
}

TEST(Lane, MayHaveASpanOpenAsItsRecorderGoes) {
    std::optional<ThreadedRecorder> recorder(laneConfig());
    auto lane = recorder->openLane();
    {
        auto root = lane.span("root");
        recorder.reset();
        auto child = root.child("child");
        child.set("text", "late");
        EXPECT_FALSE(root.context().isValid());
    }
    EXPECT_EQ(lane.misuses(), 0U);
}

TEST(Lane, DeliversWhatItPublishedBeforeShutdown) {
    ThreadedRecorder recorder(laneConfig());
    auto lane = recorder.openLane();
    for (int i = 0; i < 100; ++i) auto span = lane.span("a");
    EXPECT_TRUE(recorder.shutdown(patience));
    { auto span = lane.span("late"); }
    EXPECT_THAT(recorder.sink().spans(), SizeIs(100));
    EXPECT_EQ(recorder.stats().recorded, 100U);
    auto after = recorder.openLane();
    { auto span = after.span("later"); }
    EXPECT_EQ(recorder.stats().recorded, 100U);
    EXPECT_TRUE(recorder.stats().isConserved());
}

TEST(Lane, IsClosedWhenItIsOpenedAfterShutdown) {
    ThreadedRecorder recorder(laneConfig());
    recorder.shutdown(patience);
    EXPECT_FALSE(recorder.openLane().isOpen());
}

TEST(Lane, CountsWhatEndsAfterShutdown) {
    SoloRecorder recorder(laneConfig());
    auto lane = recorder.openLane();
    {
        auto root = lane.span("root");
        auto child = root.child("child");
        EXPECT_TRUE(recorder.shutdown(patience));
    }
    EXPECT_THAT(recorder.sink().spans(), IsEmpty());
    EXPECT_EQ(recorder.stats().recorded, 2U);
    EXPECT_EQ(recorder.stats().dropped[DropReason::shutdown], 2U);
    EXPECT_TRUE(recorder.stats().isConserved());
}

template <class Lock>
class LanesOpenedAndClosed : public ::testing::Test {};
using Locks = ::testing::Types<std::mutex, sidespan::SpinLock>;
struct LockNames {
    template <class Lock>
    static std::string GetName(int) {
        return std::is_same_v<Lock, std::mutex> ? "Mutex" : "SpinLock";
    }
};
TYPED_TEST_SUITE(LanesOpenedAndClosed, Locks, LockNames);

TYPED_TEST(LanesOpenedAndClosed, WhileTheDrainThreadRunsLoseNothing) {
    auto config = laneConfig();
    config.queue.drainInterval = std::chrono::milliseconds(1);
    sidespan::Recorder<sidespan::ManualClock, sidespan::MemorySink, TypeParam> recorder(config);
    constexpr int threads = 3;
    constexpr int lanes = 150;
    constexpr int spans = 8;
    std::vector<std::thread> hosts;
    for (int host = 0; host < threads; ++host) {
        hosts.emplace_back([&recorder, host] {
            for (int i = 0; i < lanes; ++i) {
                auto lane = recorder.openLane(smallLane());
                for (int j = 0; j < spans; ++j) {
                    auto root = lane.span("root");
                    root.set("number", (host * lanes + i) * spans + j);
                    auto child = root.child("child");
                }
                if (i % 16 == 0) static_cast<void>(recorder.flush(patience));
            }
        });
    }
    for (auto& host : hosts) host.join();
    std::vector<int> seen(threads * lanes * spans, 0);
    const auto all = recorded(recorder);
    EXPECT_THAT(all, SizeIs(2 * seen.size()));
    for (const auto& span : all) {
        if (span.name == "root") ++seen.at(static_cast<std::size_t>(*span.attributes.at("number").asInt()));
    }
    for (const int count : seen) EXPECT_EQ(count, 1);
    const auto stats = recorder.stats();
    EXPECT_EQ(stats.recorded, 2 * seen.size());
    EXPECT_EQ(stats.delivered, 2 * seen.size());
    EXPECT_TRUE(stats.isConserved());
}

TEST(LaneStats, AreConservedWhateverHappens) {
    SoloRecorder recorder(laneConfig());
    auto options = quietLane();
    options.capacityBytes = leastCapacity;
    options.keepOneIn = 3;
    options.summaryInterval = std::chrono::milliseconds(100);
    auto lane = recorder.openLane(options);
    std::uint64_t mine = 0;
    for (int i = 0; i < 6'000; ++i) {
        if (i % 4 == 0) {
            auto root = lane.span("root");
            for (int j = 0; j < i % 7; ++j) auto child = root.child("child");
            mine += 1 + static_cast<std::uint64_t>(i % 7);
        } else {
            auto block = lane.block(tenMillis);
            auto child = block.child("child");
            mine += 2;
            recorder.clock().advance(std::chrono::milliseconds(1));
        }
        { auto general = recorder.span("general"); }
        if (i % 500 == 499) {
            EXPECT_TRUE(recorder.flush(patience));
            const auto stats = recorder.stats();
            ASSERT_TRUE(stats.isConserved()) << i;
        }
    }
    lane.close();
    const auto spans = recorded(recorder);
    const auto stats = recorder.stats();
    EXPECT_GT(stats.notKept, 0U);
    EXPECT_GT(stats.dropped[DropReason::laneFull], 0U);
    EXPECT_GT(countNamed(spans, "audio.load"), 5U);
    EXPECT_EQ(stats.recorded + stats.notKept, mine + 6'000 + countNamed(spans, "audio.load"));
    EXPECT_EQ(stats.delivered, spans.size());
    EXPECT_TRUE(stats.isConserved());
}

TEST(NullLane, IsThereForCodeThatRecordsNothing) {
    sidespan::NullLane lane;
    lane.keepAll(true);
    auto block = lane.block(64, false);
    auto span = lane.span("a");
    EXPECT_FALSE(lane.isOpen());
    EXPECT_EQ(lane.misuses(), 0U);
    EXPECT_FALSE(block.context().isValid());
    EXPECT_FALSE(span.isRecording());
    lane.close();
}

TEST(Lane, LastsUntilItsSpanHasEndedThoughItIsClosed) {
    SoloRecorder recorder(laneConfig());
    auto lane = recorder.openLane(quietLane());
    {
        auto span = lane.span("late");
        lane.close();
        EXPECT_TRUE(recorder.flush(patience));
        EXPECT_TRUE(recorder.flush(patience));
    }
    EXPECT_EQ(sidespan::testing::tree(recorded(recorder)), "late\n");
    EXPECT_TRUE(recorder.stats().isConserved());
}

}
