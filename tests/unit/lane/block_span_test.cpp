#include "lanes.h"

#include <limits>
#include <thread>

#include <gmock/gmock.h>

namespace {

using namespace sidespan::test;
using namespace std::chrono_literals;
using sidespan::DropReason;
using sidespan::Span;
using sidespan::testing::hasName;
using sidespan::testing::isChildOf;
using sidespan::testing::only;
using sidespan::testing::recorded;
using sidespan::testing::tree;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;

class BlockSpan : public ::testing::Test {
protected:
    void open(const sidespan::LaneOptions& options) { lane = recorder.openLane(options); }

    void block(std::chrono::nanoseconds takes, int samples = tenMillis, bool isNonRealtime = false) {
        auto block = lane.block(samples, isNonRealtime);
        recorder.clock().advance(takes);
    }
    [[nodiscard]] std::vector<Span> spans() { return recorded(recorder); }
    // How many blocks were kept since the last call.
    [[nodiscard]] std::size_t kept() {
        const auto count = countNamed(spans(), "audio.block");
        recorder.sink().clear();
        return count;
    }

    SoloRecorder recorder{laneConfig()};
    SoloRecorder::Lane lane;
};

TEST_F(BlockSpan, IsKeptWhenItTookMoreThanItsShare) {
    auto options = quietLane();
    options.keepOverLoad = 0.8;
    open(options);
    block(7'999us);
    block(8ms);
    EXPECT_EQ(kept(), 0U);
    block(8'001us);
    block(25ms);
    EXPECT_EQ(kept(), 2U);
    EXPECT_EQ(recorder.stats().notKept, 2U);
    EXPECT_EQ(recorder.stats().recorded, 2U);
}

TEST_F(BlockSpan, SaysWhatItsLoadWas) {
    auto options = quietLane();
    options.keepOverLoad = 0.5;
    open(options);
    block(7500us);
    const auto block = only(spans(), hasName("audio.block"));
    EXPECT_EQ(block.attributes.at("audio.block.samples"), 480);
    EXPECT_NEAR(*block.attributes.at("audio.block.budget_us").asDouble(), 10'000, 0.1);
    EXPECT_NEAR(*block.attributes.at("audio.block.load").asDouble(), 0.75, 1e-5);
    EXPECT_EQ(block.endTimeUnixNano - block.startTimeUnixNano, 7'500'000U);
    EXPECT_EQ(block.parentSpanId, "");
    EXPECT_EQ(block.kind, "internal");
    EXPECT_EQ(block.status, "ok");
}

TEST_F(BlockSpan, TakesAShareOfZeroForAllAndOneForOverruns) {
    auto options = quietLane();
    options.keepOverLoad = 0;
    open(options);
    block(1us);
    block(0us);  // no tick of this clock
    EXPECT_EQ(kept(), 2U);
    options.keepOverLoad = 1;
    open(options);
    block(9'999us);
    EXPECT_EQ(kept(), 0U);
    block(10'001us);
    EXPECT_EQ(kept(), 1U);
}

TEST_F(BlockSpan, TakesNoTimeWhenTheClockIsSetBackMeanwhile) {
    auto options = quietLane();
    options.keepOverLoad = 0.5;
    open(options);
    block(-1ms);
    EXPECT_EQ(kept(), 0U);
    lane.keepAll(true);
    block(-1ms);
    const auto block = only(spans(), hasName("audio.block"));
    EXPECT_EQ(block.attributes.at("audio.block.load"), 0.0);
    EXPECT_EQ(block.durationMs, 0);
}

TEST_F(BlockSpan, IsKeptWithEverythingInIt) {
    auto options = quietLane();
    options.keepOverLoad = 0.5;
    open(options);
    for (const auto takes : {1ms, 6ms, 2ms, 7ms}) {
        auto block = lane.block(tenMillis);
        block.set("cutoff", 1000);
        auto filter = block.child("dsp.filter");
        filter.event("retuned", sidespan::attr("takes", static_cast<int>(takes.count())));
        auto biquad = filter.child("dsp.biquad");
        block.event("late");
        block.setStatus(sidespan::SpanStatus::error, "glitch");
        block.setKind(sidespan::SpanKind::consumer);
        recorder.clock().advance(takes);
    }
    const auto all = spans();
    EXPECT_EQ(tree(all),
              "audio.block [error: glitch]\n  dsp.filter\n    dsp.biquad\n"
              "audio.block [error: glitch]\n  dsp.filter\n    dsp.biquad\n");
    EXPECT_EQ(recorder.stats().notKept, 6U);
    EXPECT_EQ(all[0].kind, "consumer");
    EXPECT_THAT(all[0].attributes, Contains(Pair("cutoff", 1000)));
    ASSERT_THAT(all[0].events, SizeIs(1));
    EXPECT_EQ(all[1].events.at(0).attributes.at("takes"), 6);
    EXPECT_THAT(all[2], isChildOf(all[1]));
    EXPECT_EQ(all[4].events.at(0).attributes.at("takes"), 7);
    EXPECT_NE(all[0].traceId, all[3].traceId);
}

TEST_F(BlockSpan, IsKeptOnceInSoMany) {
    auto options = quietLane();
    options.keepOneIn = 5;
    open(options);
    for (int i = 1; i <= 23; ++i) {
        auto block = lane.block(tenMillis);
        block.set("number", i);
    }
    const auto all = spans();
    ASSERT_THAT(all, SizeIs(4));
    for (int i = 0; i < 4; ++i)
        EXPECT_EQ(all[static_cast<std::size_t>(i)].attributes.at("number"), 5 * (i + 1));
}

TEST_F(BlockSpan, IsKeptWhileAllAre) {
    open(quietLane());
    block(1ms);
    lane.keepAll(true);
    block(1ms);
    block(1ms);
    lane.keepAll(false);
    block(1ms);
    EXPECT_EQ(kept(), 2U);
}

TEST_F(BlockSpan, IsKeptWhenItsContextWasAskedFor) {
    open(quietLane());
    sidespan::SpanContext context;
    {
        auto block = lane.block(tenMillis);
        context = block.context();
        EXPECT_TRUE(context.isValid());
        EXPECT_TRUE(context.isSampled());
        EXPECT_EQ(block.context(), context);
    }
    block(1ms);
    { auto job = recorder.span("job", context); }
    EXPECT_EQ(tree(spans()), "audio.block\n  job\n");
}

TEST_F(BlockSpan, IsKeptWhenTheContextOfOneWithinItWasAskedFor) {
    open(quietLane());
    sidespan::SpanContext context;
    {
        auto block = lane.block(tenMillis);
        auto filter = block.child("dsp.filter");
        auto stage = filter.child("stage");
        context = stage.context();
    }
    block(1ms);
    { auto job = recorder.span("job", context); }
    EXPECT_EQ(tree(spans()), "audio.block\n  dsp.filter\n    stage\n      job\n");
}

TEST_F(BlockSpan, IsNotKeptForTheContextOfTheOneBefore) {
    open(quietLane());
    for (int i = 0; i < 3; ++i) {
        {
            auto pinned = lane.block(tenMillis);
            static_cast<void>(pinned.context());
        }
        block(1ms);
    }
    EXPECT_EQ(kept(), 3U);
}

TEST_F(BlockSpan, IsRefusedWhenTooManyWereKept) {
    auto options = quietLane();
    options.keepOverLoad = 0;
    options.maxKeptPerSecond = 10;
    open(options);
    for (int i = 0; i < 25; ++i) block(1us);
    EXPECT_EQ(kept(), 10U);
    EXPECT_EQ(recorder.stats().notKept, 15U);
    recorder.clock().advance(99ms);
    block(1us);
    EXPECT_EQ(kept(), 0U);
    recorder.clock().advance(2ms);
    block(1us);
    block(1us);
    EXPECT_EQ(kept(), 1U);
    recorder.clock().advance(300ms);
    for (int i = 0; i < 25; ++i) block(1us);
    EXPECT_EQ(kept(), 3U);
    recorder.clock().advance(1h);
    for (int i = 0; i < 25; ++i) block(1us);
    EXPECT_EQ(kept(), 10U);
}

TEST_F(BlockSpan, IsKeptLessOftenThanOnceASecondIfSoAsked) {
    auto options = quietLane();
    options.keepOverLoad = 0;
    options.maxKeptPerSecond = 0.1;
    open(options);
    block(1us);
    recorder.clock().advance(9s);
    block(1us);
    EXPECT_EQ(kept(), 1U);
    recorder.clock().advance(1s);
    block(1us);
    EXPECT_EQ(kept(), 1U);
}

TEST_F(BlockSpan, IsNeverRefusedOnceItsContextIsOut) {
    auto options = quietLane();
    options.maxKeptPerSecond = 1;
    open(options);
    for (int i = 0; i < 20; ++i) {
        auto block = lane.block(tenMillis);
        static_cast<void>(block.context());
    }
    EXPECT_EQ(kept(), 20U);
}

TEST_F(BlockSpan, HasNoDeadlineWhenTheHostRendersOffline) {
    auto options = quietLane();
    options.keepOverLoad = 0.8;
    options.summaryInterval = 1s;
    open(options);
    for (int i = 0; i < 10; ++i) block(50ms, tenMillis, true);
    EXPECT_THAT(spans(), IsEmpty());
    recorder.clock().advance(1s);
    EXPECT_THAT(spans(), IsEmpty()) << "there is no load to sum up";
    EXPECT_EQ(recorder.stats().notKept, 10U);
}

TEST_F(BlockSpan, OfOfflineRenderingIsKeptForTheOtherReasons) {
    auto options = quietLane();
    options.keepOneIn = 3;
    open(options);
    for (int i = 0; i < 3; ++i) block(50ms, tenMillis, true);
    lane.keepAll(true);
    block(50ms, tenMillis, true);
    EXPECT_EQ(kept(), 2U);
}

TEST_F(BlockSpan, HasNoDeadlineWithoutSamples) {
    auto options = quietLane();
    options.keepOverLoad = 0.8;
    options.summaryInterval = 1s;
    open(options);
    for (const int samples : {0, -1, std::numeric_limits<int>::min()}) block(50ms, samples);
    EXPECT_THAT(spans(), IsEmpty());
    lane.keepAll(true);
    block(50ms, -480);
    recorder.clock().advance(1s);
    const auto block = only(spans(), hasName("audio.block"));
    EXPECT_EQ(block.attributes.at("audio.block.samples"), 0);
    EXPECT_THAT(block.attributes, Not(Contains(Key("audio.block.load"))));
    EXPECT_THAT(block.attributes, Not(Contains(Key("audio.block.budget_us"))));
    EXPECT_EQ(countNamed(spans(), "audio.load"), 0U);
}

TEST_F(BlockSpan, HasNoDeadlineWithoutASampleRate) {
    auto options = quietLane();
    options.sampleRate = 0;
    options.keepOverLoad = 0.8;
    options.summaryInterval = 1s;
    open(options);
    block(50ms);
    recorder.clock().advance(1s);
    EXPECT_THAT(spans(), IsEmpty());
    lane.keepAll(true);
    block(50ms);
    const auto block = only(spans(), hasName("audio.block"));
    EXPECT_EQ(block.attributes.at("audio.block.samples"), 480);
    EXPECT_THAT(block.attributes, Not(Contains(Key("audio.block.load"))));
}

TEST_F(BlockSpan, FollowsChangingBlockSizes) {
    auto options = quietLane();
    options.keepOverLoad = 0.8;
    options.maxKeptPerSecond = 1e6;
    open(options);
    for (const int samples : {48, 480, 47, 4'800, 1, 48'000, 480}) {
        const auto budget = std::chrono::nanoseconds(1'000'000'000LL * samples / 48'000);
        block(budget * 79 / 100, samples);
        EXPECT_EQ(kept(), 0U) << samples;
        block(budget * 81 / 100, samples);
        const auto all = spans();
        ASSERT_THAT(all, SizeIs(1)) << samples;
        EXPECT_EQ(all[0].attributes.at("audio.block.samples"), samples);
        EXPECT_NEAR(*all[0].attributes.at("audio.block.budget_us").asDouble(),
                    static_cast<double>(budget.count()) / 1e3, 0.01);
        recorder.sink().clear();
    }
}

TEST_F(BlockSpan, IsRewoundAfterItHasWrapped) {
    auto options = quietLane();
    options.keepOverLoad = 0.8;
    options.maxKeptPerSecond = 1e6;
    options.capacityBytes = leastCapacity;
    open(options);
    // Each block takes a third of the ring, so every few of them one goes round the end; each third one is
    // kept.
    for (int i = 0; i < 60; ++i) {
        {
            auto block = lane.block(tenMillis);
            block.set("number", i);
            for (int part = 0; part < 50; ++part) {
                auto child = block.child("part");
                child.set("part", part);
            }
            if (i % 3 == 2) recorder.clock().advance(9ms);
        }
        const auto all = spans();
        ASSERT_THAT(all, SizeIs(i % 3 == 2 ? 51 : 0)) << "block " << i;
        for (std::size_t part = 1; part < all.size(); ++part) {
            ASSERT_EQ(all[part].attributes.at("part"), static_cast<int>(part - 1));
            ASSERT_THAT(all[part], isChildOf(all[0]));
        }
        recorder.sink().clear();
    }
    EXPECT_EQ(recorder.stats().notKept, 40U * 51U);
    EXPECT_EQ(recorder.stats().dropped.total(), 0U);
}

TEST_F(BlockSpan, IsRewoundAfterItHasFilledTheLane) {
    auto options = quietLane();
    options.keepOverLoad = 0.8;
    options.capacityBytes = leastCapacity;
    open(options);
    const auto overfull = [&](std::chrono::nanoseconds takes) {
        auto block = lane.block(tenMillis);
        for (int part = 0; part < 300; ++part) auto child = block.child("part");
        recorder.clock().advance(takes);
    };
    overfull(1ms);
    EXPECT_EQ(recorder.stats().notKept, 301U);
    EXPECT_EQ(recorder.stats().dropped.total(), 0U);
    overfull(9ms);
    EXPECT_EQ(recorder.stats().notKept, 301U);
    EXPECT_EQ(recorder.stats().dropped[DropReason::laneFull], 301U);
    block(9ms);
    EXPECT_EQ(kept(), 1U);
    EXPECT_TRUE(recorder.stats().isConserved());
}

TEST_F(BlockSpan, CountsItsOwnAttributesWhenItsRecordIsFull) {
    open(quietLane());
    lane.keepAll(true);
    {
        auto block = lane.block(tenMillis);
        for (int i = 0; i < 200; ++i) block.set("number", i);
    }
    const auto block = only(spans(), hasName("audio.block"));
    EXPECT_EQ(block.droppedAttributes, 200U - 3'760U / 24U + 3U);
    EXPECT_THAT(block.attributes, ElementsAre(Pair("number", 3'760 / 24 - 1)));
}

TEST_F(BlockSpan, WithinAnotherSpanIsMisuse) {
    open(quietLane());
    lane.keepAll(true);
    {
        auto outer = lane.block(tenMillis);
        auto inner = lane.block(tenMillis);
        EXPECT_FALSE(inner.isRecording());
        EXPECT_FALSE(inner.context().isValid());
        inner.set("a", 1);
        auto child = inner.child("child of nothing");
        EXPECT_FALSE(child.isRecording());
    }
    EXPECT_EQ(lane.misuses(), 1U);
    EXPECT_EQ(tree(spans()), "audio.block\n");
}

TEST(BlockSpanOfThreads, IsKeptOnceAnotherThreadSaysSo) {
    ThreadedRecorder recorder(laneConfig());
    auto lane = recorder.openLane(quietLane());
    std::thread user([&] { lane.keepAll(true); });
    user.join();
    { auto block = lane.block(tenMillis); }
    EXPECT_EQ(tree(recorded(recorder)), "audio.block\n");
}

}
