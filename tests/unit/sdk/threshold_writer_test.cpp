#include <sidespan/detail/drain/threshold_writer.h>

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan/sampler.h>

#include "recorders.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;
using WeighedRecorder = MemoryRecorder<NullLock>;

Config weighedBy(Sampler sampler) {
    Config config = granted();
    config.sampler = sampler;
    return config;
}

SpanContext fromElsewhere() {
    return {TraceId(0x0f8fad5bd9cb469f, 0xa16570867728950e), SpanId(0x00f067aa0ba902b7), TraceFlags::sampled,
            true};
}

// One of every kind, and what lies below it: eleven spans where all are sampled.
void recordEverywhere(WeighedRecorder& recorder, const SpanContext& parent = {}) {
    LaneOptions options;
    options.sampleRate = 48'000;
    options.keepOverLoad = 0;
    options.maxKeptPerSecond = 1e6;
    options.summaryInterval = {};
    auto lane = recorder.openLane(options);
    auto scoped = recorder.span("scoped", parent);
    scoped.set("key", "value");
    scoped.setStatus(SpanStatus::error, "why");
    auto child = scoped.child("child");
    auto elsewhere = recorder.span("on another thread", scoped.context());
    auto open = recorder.openSpan("open", parent);
    auto openChild = open.child("open child");
    recorder.endSpan(recorder.startSpan("by handle", parent));
    auto onLane = lane.span("on a lane", scoped.context());
    auto childOnLane = onLane.child("child on a lane");
    { auto rootOnLane = lane.span("root on a lane", parent); }
}

std::vector<std::string> statesOf(const std::vector<Span>& spans) {
    std::vector<std::string> states;
    for (const auto& span : spans) states.push_back(span.traceState);
    std::ranges::sort(states);
    states.erase(std::unique(states.begin(), states.end()), states.end());
    return states;
}

TEST(ThresholdWriter, SaysItOfAllSpansOfATraceThatBeganHere) {
    for (const auto sampler :
         {Sampler::probability(0.25), Sampler::parentBased(Sampler::probability(0.25))}) {
        WeighedRecorder recorder(weighedBy(sampler));
        for (int i = 0; i < 100; ++i) recordEverywhere(recorder);
        const auto spans = recorded(recorder);
        EXPECT_GT(spans.size(), 100U);
        EXPECT_EQ(statesOf(spans), std::vector<std::string>{"ot=th:c"});
        EXPECT_TRUE(recorder.stats().isConserved());
    }
}

TEST(ThresholdWriter, KeepsWhatElseARecordHolds) {
    WeighedRecorder recorder(weighedBy(Sampler::probability(1)));
    for (int i = 0; i < 50; ++i) {
        auto span = recorder.span("upload");
        for (int k = 0; k < i; ++k) span.event("retry", attr("attempt", k));
        span.setStatus(SpanStatus::error, "why");
        span.set("last", i);
    }
    const auto spans = recorded(recorder);
    ASSERT_EQ(spans.size(), 50U);
    for (std::size_t i = 0; i < spans.size(); ++i) {
        EXPECT_EQ(spans[i].traceState, "ot=th:0");
        EXPECT_EQ(spans[i].statusMessage, "why");
        EXPECT_EQ(spans[i].events.size(), i);
        EXPECT_EQ(spans[i].attributes.at("last"), static_cast<int>(i));
    }
}

TEST(ThresholdWriter, SaysItBeyondTheRoomOfAFullRecord) {
    WeighedRecorder recorder(weighedBy(Sampler::probability(1)));
    {
        auto span = recorder.span("upload");
        span.set("text", std::string(5'000, 'x'));
        span.setStatus(SpanStatus::error, std::string(500, 'y'));
    }
    const auto span = onlyRecorded(recorder);
    EXPECT_EQ(span.traceState, "ot=th:0");
    EXPECT_GT(span.attributes.at("text").asString()->size(), 3'000U);
}

TEST(ThresholdWriter, SaysItOfLoadSummaries) {
    WeighedRecorder recorder(weighedBy(Sampler::probability(1)));
    auto lane = recorder.openLane({.sampleRate = 48'000, .summaryInterval = 1s});
    { auto block = lane.block(480); }
    { auto block = lane.block(480); }
    recorder.clock().advance(2s);
    EXPECT_EQ(only(recorded(recorder), hasName("audio.load")).traceState, "ot=th:0");
}

TEST(ThresholdWriter, SaysItOfATraceFromElsewhereWhereItHasDecidedThatToo) {
    WeighedRecorder recorder(weighedBy(Sampler::probability(1)));
    recordEverywhere(recorder, fromElsewhere());
    EXPECT_EQ(statesOf(recorded(recorder)), std::vector<std::string>{"ot=th:0"});
}

TEST(ThresholdWriter, LeavesTheDecisionOfAnother) {
    WeighedRecorder recorder(weighedBy(Sampler::parentBased(Sampler::probability(1))));
    recordEverywhere(recorder, fromElsewhere());
    WeighedRecorder other(weighedBy(Sampler::alwaysOn()));
    auto span = other.span("of another recorder");
    { auto child = recorder.span("child", span.context()); }
    EXPECT_EQ(statesOf(recorded(recorder)), std::vector<std::string>{""});
}

TEST(ThresholdWriter, IsNotThereForOtherRules) {
    for (const auto sampler : {Sampler(), Sampler::alwaysOn(), Sampler::rateLimited(1e6),
                               Sampler(TailSampler{.slowerThan = 0ms})}) {
        WeighedRecorder recorder(weighedBy(sampler));
        recordEverywhere(recorder);
        EXPECT_EQ(statesOf(recorded(recorder)), std::vector<std::string>{""});
    }
}

}
}
