#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan/sampler.h>

#include "lanes.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;
using testing::recorded;

Config laneSampledBy(Sampler sampler, Consent consent = Consent::granted) {
    Config config = laneConfig(std::move(consent));
    config.sampler = sampler;
    return config;
}

LaneOptions lavishLane() {
    LaneOptions options = quietLane();
    options.keepOverLoad = 0;
    options.maxKeptPerSecond = 1e6;
    return options;
}

// An outermost span, a child with what can be said about it, and a grandchild.
std::vector<SpanContext> recordThree(SoloRecorder::Lane& lane, const SpanContext& parent = {}) {
    auto root = lane.span("callback", parent);
    root.set("key", "a text that takes its room");
    auto child = root.child("filter");
    child.event("began", attr("n", 1));
    child.setStatus(SpanStatus::error, "why");
    auto grandchild = child.child("biquad");
    grandchild.set("key", 1);
    return {root.context(), child.context(), grandchild.context()};
}

TEST(LaneSampler, GivesContextsToSpansThatAreNotSampled) {
    SoloRecorder recorder(laneSampledBy(Sampler::alwaysOff()));
    auto lane = recorder.openLane();
    const auto contexts = recordThree(lane);
    for (const auto& context : contexts) {
        EXPECT_TRUE(context.isValid());
        EXPECT_FALSE(context.isSampled());
        EXPECT_EQ(context.traceId, contexts[0].traceId);
    }
    EXPECT_NE(contexts[0].spanId, contexts[1].spanId);
    EXPECT_NE(contexts[1].spanId, contexts[2].spanId);
    EXPECT_TRUE(recorded(recorder).empty());
    const auto stats = recorder.stats();
    EXPECT_EQ(stats.recorded, 3U);
    EXPECT_EQ(stats.notSampled, 3U);
    EXPECT_EQ(stats.notKept, 0U);
    EXPECT_TRUE(stats.isConserved());
}

TEST(LaneSampler, ObeysARemoteParent) {
    SoloRecorder recorder(laneConfig());
    auto lane = recorder.openLane();
    SpanContext remote{TraceId(1, 2), SpanId(3), TraceFlags::random, true};
    for (const auto& context : recordThree(lane, remote)) {
        EXPECT_EQ(context.traceId, remote.traceId);
        EXPECT_EQ(context.flags, TraceFlags::random);
    }
    remote.flags = TraceFlags::sampled;
    for (const auto& context : recordThree(lane, remote)) EXPECT_EQ(context.flags, TraceFlags::sampled);
    EXPECT_EQ(recorded(recorder).size(), 3U);
    EXPECT_EQ(recorder.stats().notSampled, 3U);
    EXPECT_TRUE(recorder.stats().isConserved());
}

TEST(LaneSampler, IsTheSameInAWholeTrace) {
    SoloRecorder recorder(laneSampledBy(Sampler::probability(0.5)));
    auto lane = recorder.openLane();
    std::uint64_t sampled = 0;
    for (int i = 0; i < 1'000; ++i) {
        SpanContext parent;
        {
            auto outside = recorder.span("outside");
            parent = outside.context();
        }
        auto inside = lane.span("inside", parent);
        auto child = inside.child("child");
        EXPECT_EQ(inside.isRecording(), parent.isSampled());
        EXPECT_EQ(child.isRecording(), parent.isSampled());
        EXPECT_EQ(child.context().isSampled(), parent.isSampled());
        sampled += parent.isSampled() ? 1 : 0;
    }
    recorder.flush(patience);
    EXPECT_EQ(recorder.stats().delivered, 3 * sampled);
    EXPECT_EQ(recorder.stats().notSampled, 3 * (1'000 - sampled));
    EXPECT_NEAR(static_cast<double>(sampled), 500, 100);
}

TEST(LaneSampler, DecidesRootsByTheirIds) {
    SoloRecorder recorder(laneSampledBy(Sampler::probability(0.25)));
    auto lane = recorder.openLane();
    constexpr std::uint64_t threshold = std::uint64_t{3} << 54U;
    int sampled = 0;
    for (int i = 0; i < 2'000; ++i) {
        auto span = lane.span("callback");
        EXPECT_EQ(span.isRecording(), (span.context().traceId.low() & 0xff'ffff'ffff'ffffU) >= threshold);
        sampled += span.isRecording() ? 1 : 0;
        if (i % 500 == 0) recorder.flush(patience);
    }
    EXPECT_NEAR(sampled, 500, 150);
}

TEST(LaneSampler, TakesNoRoomForWhatIsNotSampled) {
    SoloRecorder recorder(laneSampledBy(Sampler::alwaysOff()));
    auto lane = recorder.openLane(smallLane());
    const std::string text(1'000, 'x');
    for (int i = 0; i < 1'000; ++i) {
        auto root = lane.span("callback");
        auto child = root.child("filter");
        for (int j = 0; j < 20; ++j) child.set("key", text);
        auto grandchild = child.child("biquad");
        EXPECT_TRUE(grandchild.context().isValid());
        EXPECT_EQ(root.context().traceId, child.context().traceId);
    }
    EXPECT_EQ(recorder.stats().dropped.total(), 0U);
    EXPECT_EQ(recorder.stats().notSampled, 3'000U);
}

TEST(LaneSampler, LeavesEveryValueUncomputedOfASpanThatIsNotSampled) {
    SoloRecorder recorder(laneSampledBy(Sampler::alwaysOff()));
    auto lane = recorder.openLane();
    int calls = 0;
    auto span = lane.span("callback");
    span.set("key", [&] { return ++calls; });
    auto child = span.child("filter");
    child.set("key", [&] { return ++calls; });
    EXPECT_EQ(calls, 0);
}

TEST(LaneSampler, AsksForAbundantBlocksOnlyWhenTheyAreKept) {
    SoloRecorder recorder(laneSampledBy(Sampler::rateLimited(1)));
    auto lane = recorder.openLane(quietLane());
    for (int i = 0; i < 100; ++i) auto block = lane.block(tenMillis);
    EXPECT_EQ(recorder.stats().notKept, 100U);
    EXPECT_EQ(recorder.stats().notSampled, 0U);
    EXPECT_TRUE(recorder.span("root").isRecording());  // the token is still there
}

TEST(LaneSampler, LeavesOutBlocksWithTheirChildren) {
    SoloRecorder recorder(laneSampledBy(Sampler::alwaysOff()));
    auto lane = recorder.openLane(lavishLane());
    for (int i = 0; i < 10; ++i) {
        auto block = lane.block(tenMillis);
        auto child = block.child("filter");
    }
    EXPECT_TRUE(recorded(recorder).empty());
    EXPECT_EQ(recorder.stats().notSampled, 20U);
    EXPECT_EQ(recorder.stats().notKept, 0U);
    EXPECT_TRUE(recorder.stats().isConserved());
}

TEST(LaneSampler, DecidesABlockWhenItsContextIsAskedFor) {
    SoloRecorder recorder(laneSampledBy(Sampler::rateLimited(1)));
    auto lane = recorder.openLane(quietLane());
    for (const bool isSampled : {true, false}) {
        auto block = lane.block(tenMillis);
        auto child = block.child("filter");
        EXPECT_TRUE(child.isRecording());
        EXPECT_EQ(child.context().isSampled(), isSampled);
        EXPECT_EQ(block.context().isSampled(), isSampled);
        EXPECT_EQ(child.isRecording(), isSampled);
        EXPECT_EQ(block.isRecording(), isSampled);
        auto late = child.child("biquad");
        EXPECT_EQ(late.context().flags, child.context().flags);
        EXPECT_EQ(late.context().traceId, block.context().traceId);
    }
    const auto spans = recorded(recorder);
    EXPECT_EQ(spans.size(), 3U);
    EXPECT_EQ(recorder.stats().notSampled, 3U);
    EXPECT_TRUE(recorder.stats().isConserved());
}

TEST(LaneSampler, LeavesNoMarkInTheFlagsOfBlocks) {
    SoloRecorder recorder(laneConfig());
    auto lane = recorder.openLane(lavishLane());
    {
        auto block = lane.block(tenMillis);
        auto child = block.child("filter");
        constexpr auto rootFlags = TraceFlags::sampled;
        EXPECT_EQ(block.context().flags, rootFlags);
        EXPECT_EQ(child.context().flags, rootFlags);
        auto grandchild = child.child("biquad");
        EXPECT_EQ(grandchild.context().flags, rootFlags);
    }
    {
        auto span =
            lane.span("odd", SpanContext{TraceId(1, 2), SpanId(3), static_cast<TraceFlags>(0x81), false});
    }
    EXPECT_EQ(recorded(recorder).size(), 4U);
}

TEST(LaneSampler, IsAskedForLoadSummariesToo) {
    SoloRecorder recorder(laneSampledBy(Sampler::alwaysOff()));
    LaneOptions options = quietLane();
    options.summaryInterval = 1s;
    auto lane = recorder.openLane(options);
    { auto block = lane.block(tenMillis); }
    { auto block = lane.block(tenMillis); }
    recorder.clock().advance(2s);
    EXPECT_TRUE(recorded(recorder).empty());
    EXPECT_EQ(recorder.stats().notSampled, 1U);
    EXPECT_TRUE(recorder.stats().isConserved());
}

TEST(LaneSampler, DecidesWhenATraceIsOver) {
    SoloRecorder recorder(laneSampledBy(TailSampler{.slowerThan = 1s, .keepOneIn = 0}));
    auto lane = recorder.openLane();
    for (const auto& context : recordThree(lane)) EXPECT_TRUE(context.isSampled());
    for (int i = 0; i < 10; ++i) {
        auto root = lane.span("quick");
        auto child = root.child("filter");
    }
    EXPECT_EQ(recorded(recorder).size(), 3U);
    EXPECT_EQ(recorder.stats().notSampled, 20U);
    EXPECT_EQ(recorder.stats().keptUnjudged, 0U);
    EXPECT_TRUE(recorder.stats().isConserved());
}

TEST(LaneSampler, KeepsEveryLoadSummaryWhenTheTraceIsOver) {
    SoloRecorder recorder(laneSampledBy(TailSampler{.slowerThan = 1h, .keepOneIn = 0}));
    LaneOptions options = quietLane();
    options.summaryInterval = 1s;
    auto lane = recorder.openLane(options);
    for (int i = 0; i < 3; ++i) {
        { auto block = lane.block(tenMillis); }
        { auto block = lane.block(tenMillis); }
        { auto other = lane.span("audio.load.other"); }
        recorder.clock().advance(2s);
        recorder.flush(patience);
    }
    const auto spans = recorded(recorder);
    ASSERT_EQ(spans.size(), 3U);
    for (const auto& span : spans) EXPECT_EQ(span.name, "audio.load");
    EXPECT_EQ(recorder.stats().notSampled, 3U);
    EXPECT_EQ(recorder.stats().keptUnjudged, 0U);
    EXPECT_TRUE(recorder.stats().isConserved());
}

TEST(LaneSampler, ForgetsContextsWithTheConsent) {
    Config config = laneSampledBy(Sampler::alwaysOff());
    SoloRecorder recorder(config);
    auto lane = recorder.openLane();
    {
        auto span = lane.span("callback");
        EXPECT_TRUE(span.context().isValid());
        config.consent.set(Consent::denied);
        EXPECT_FALSE(span.context().isValid());
    }
    config.consent.set(Consent::granted);
    EXPECT_TRUE(lane.span("callback").context().isValid());
    EXPECT_TRUE(recorder.stats().isConserved());
}

}
}
