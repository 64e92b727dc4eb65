#include "recorders.h"

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <sidespan/sink_memory/testing.h>

#include "probe_sink.h"

namespace {

using namespace std::chrono_literals;
using namespace sidespan::test;
using sidespan::Consent;
using sidespan::DropReason;
using sidespan::Span;
using sidespan::SpanContext;
using sidespan::SpanId;
using sidespan::TraceId;
using sidespan::testing::hasName;
using sidespan::testing::isChildOf;
using sidespan::testing::isRoot;
using sidespan::testing::only;
using sidespan::testing::recorded;
using sidespan::testing::tree;

template <class Lock>
class Recorder : public ::testing::Test {
protected:
    MemoryRecorder<Lock> recorder_{granted()};
};
TYPED_TEST_SUITE(Recorder, AllLocks, LockNames);

TYPED_TEST(Recorder, NestsSpansByTheirHandles) {
    {
        auto upload = this->recorder_.span("audio.upload");
        { auto read = upload.child("audio.read"); }
        this->recorder_.clock().advance(1ms);
        auto encode = upload.child("audio.encode");
        auto chunk = encode.child("chunk");
    }
    EXPECT_EQ(tree(recorded(this->recorder_)), "audio.upload\n  audio.read\n  audio.encode\n    chunk\n");
}

TYPED_TEST(Recorder, RelatesSpansOfEveryKindThroughTheirContexts) {
    auto& recorder = this->recorder_;
    {
        auto scoped = recorder.span("scoped");
        recorder.clock().advance(1ms);
        auto open = recorder.openSpan("open", scoped.context());
        recorder.clock().advance(1ms);
        const auto handle = recorder.startSpan("by handle", open.context());
        recorder.clock().advance(1ms);
        { auto inner = recorder.span("scoped again", recorder.contextOf(handle)); }
        recorder.clock().advance(1ms);
        { auto child = open.child("open child"); }
        recorder.endSpan(handle);
    }
    const auto spans = recorded(recorder);
    EXPECT_EQ(tree(spans), "scoped\n  open\n    by handle\n      scoped again\n    open child\n");
    for (const auto& span : spans) EXPECT_EQ(span.traceId, spans.front().traceId) << span.name;
}

TYPED_TEST(Recorder, GivesEveryRootATraceOfItsOwn) {
    { auto first = this->recorder_.span("first"); }
    { auto second = this->recorder_.span("second", SpanContext()); }
    const auto spans = recorded(this->recorder_);
    EXPECT_THAT(spans, ::testing::Each(isRoot()));
    EXPECT_NE(only(spans, hasName("first")).traceId, only(spans, hasName("second")).traceId);
}

TYPED_TEST(Recorder, MakesIdsThatAreUniqueAndWellFormed) {
    constexpr std::size_t count = 1000;
    for (std::size_t i = 0; i < count; ++i) {
        auto root = this->recorder_.span("root");
        auto child = root.child("child");
    }
    std::set<std::string> traces;
    std::set<std::string> ids;
    for (const auto& span : recorded(this->recorder_)) {
        EXPECT_TRUE(TraceId::parse(span.traceId)) << span.traceId;
        EXPECT_TRUE(SpanId::parse(span.spanId)) << span.spanId;
        EXPECT_EQ(span.traceId[14], '4') << "not of version 4: " << span.traceId;
        EXPECT_NE(std::string("89ab").find(span.traceId[19]), std::string::npos)
            << "variant: " << span.traceId;
        traces.insert(span.traceId);
        ids.insert(span.spanId);
    }
    EXPECT_EQ(traces.size(), count);
    EXPECT_EQ(ids.size(), 2 * count);
}

TYPED_TEST(Recorder, MakesOtherIdsThanAnotherRecorder) {
    MemoryRecorder<TypeParam> other(granted());
    { auto span = this->recorder_.span("a"); }
    { auto span = other.span("a"); }
    EXPECT_NE(recorded(this->recorder_).at(0).spanId, recorded(other).at(0).spanId);
    EXPECT_NE(recorded(this->recorder_).at(0).traceId, recorded(other).at(0).traceId);
}

TYPED_TEST(Recorder, GivesContextsThatMatchWhatIsRecorded) {
    SpanContext root;
    SpanContext open;
    SpanContext byHandle;
    {
        auto span = this->recorder_.span("root");
        root = span.context();
        auto movable = this->recorder_.openSpan("open", root);
        open = movable.context();
        const auto handle = this->recorder_.startSpan("by handle", root);
        byHandle = this->recorder_.contextOf(handle);
        this->recorder_.endSpan(handle);
        EXPECT_FALSE(this->recorder_.contextOf(handle).isValid());
    }
    const auto spans = recorded(this->recorder_);
    EXPECT_EQ(only(spans, hasName("root")).spanId, root.spanId.toHex());
    EXPECT_EQ(only(spans, hasName("root")).traceId, root.traceId.toUuid());
    EXPECT_EQ(only(spans, hasName("open")).spanId, open.spanId.toHex());
    EXPECT_EQ(only(spans, hasName("by handle")).spanId, byHandle.spanId.toHex());
    EXPECT_TRUE(root.isSampled());
    EXPECT_FALSE(root.isRemote);
}

TYPED_TEST(Recorder, ContinuesARemoteTrace) {
    const SpanContext remote{TraceId(0x0f8fad5bd9cb469f, 0xa16570867728950e), SpanId(0x00f067aa0ba902b7),
                             sidespan::TraceFlags::sampled, true};
    { auto span = this->recorder_.span("served", remote); }
    const auto span = recorded(this->recorder_).at(0);
    EXPECT_EQ(span.traceId, "0f8fad5b-d9cb-469f-a165-70867728950e");
    EXPECT_EQ(span.parentSpanId, "00f067aa0ba902b7");
}

TYPED_TEST(Recorder, StampsSpansWithItsClock) {
    auto& clock = this->recorder_.clock();
    const std::uint64_t begin = clock.unixNanos();
    {
        auto outer = this->recorder_.span("outer");
        clock.advance(3ms);
        auto inner = outer.child("inner");
        clock.advance(7ms + 1ns);
    }
    const auto spans = recorded(this->recorder_);
    const auto& outer = only(spans, hasName("outer"));
    const auto& inner = only(spans, hasName("inner"));
    EXPECT_EQ(outer.startTimeUnixNano, begin);
    EXPECT_EQ(outer.endTimeUnixNano, begin + 10'000'001);
    EXPECT_EQ(inner.startTimeUnixNano, begin + 3'000'000);
    EXPECT_EQ(outer.durationMs, 10);
    EXPECT_EQ(inner.durationMs, 7);
}

TYPED_TEST(Recorder, SaysWhoRecorded) {
    auto config = granted();
    config.clientType = sidespan::ClientType::cli;
    MemoryRecorder<TypeParam> recorder(config);
    { auto span = recorder.span("a"); }
    const auto span = recorded(recorder).at(0);
    EXPECT_EQ(span.clientType, "cli");
    EXPECT_EQ(span.clientVersion, "1.2.0");
}

TYPED_TEST(Recorder, ReportsABadConfigurationOnceAndRecordsNothing) {
    std::vector<sidespan::Error> errors;
    auto config = granted();
    config.batch.maxSpans = 0;
    config.onError = [&](const sidespan::Error& error) { errors.push_back(error); };
    MemoryRecorder<TypeParam> recorder(config);
    {
        auto span = recorder.span("a");
        EXPECT_FALSE(span.isRecording());
        auto open = recorder.openSpan("b");
        EXPECT_FALSE(open.isRecording());
    }
    ASSERT_TRUE(recorder.configError());
    EXPECT_EQ(recorder.configError()->code, sidespan::ErrorCode::invalidConfig);
    EXPECT_THAT(errors, ::testing::ElementsAre(*recorder.configError()));
    config.consent.set(Consent::denied);
    EXPECT_EQ(recorder.consent().state(), Consent::denied) << "another consent than the one it was given";
    EXPECT_EQ(recorder.stats(), sidespan::Stats());
    EXPECT_FALSE(recorder.flush(patience)) << "what was recorded is nowhere";
    EXPECT_TRUE(recorder.shutdown(patience));
}

TYPED_TEST(Recorder, HasNoConfigErrorWhenAllIsWell) {
    EXPECT_FALSE(this->recorder_.configError());
}

TYPED_TEST(Recorder, CountsEverySpanThatItDelivers) {
    for (int i = 0; i < 100; ++i) auto span = this->recorder_.span("a");
    ASSERT_TRUE(this->recorder_.flush(patience));
    const auto stats = this->recorder_.stats();
    EXPECT_EQ(stats.recorded, 100U);
    EXPECT_EQ(stats.delivered, 100U);
    EXPECT_EQ(stats.dropped.total(), 0U);
    EXPECT_TRUE(stats.isConserved());
}

TEST(RecorderOfOneThread, DrainsWhenItsBufferIsHalfFull) {
    constexpr int spans = 400'000;
    sidespan::Recorder<sidespan::ManualClock, ProbeSink, sidespan::NullLock> recorder(granted());
    for (int i = 0; i < spans; ++i) auto span = recorder.span("a");
    EXPECT_EQ(recorder.sink().starts, 1);
    EXPECT_EQ(recorder.sink().flushes, 0);
    EXPECT_EQ(recorder.stats().dropped.total(), 0U);
    EXPECT_TRUE(recorder.flush(patience));
    EXPECT_EQ(recorder.sink().received, spans);
    EXPECT_TRUE(recorder.stats().isConserved());
}

// What an error handler or a hook records while it drains stays in the other half, 8 KiB of 64-byte records.
TEST(RecorderOfOneThread, DropsAndCountsWhatFindsNoRoomWhileItDrains) {
    sidespan::Recorder<sidespan::ManualClock, ProbeSink, sidespan::NullLock> recorder(
        grantedWithSmallQueue());
    bool isFirst = true;
    recorder.sink().onConsume = [&](const auto&) {
        if (!std::exchange(isFirst, false)) return;
        for (int i = 0; i < 200; ++i) auto span = recorder.span("within");
    };
    { auto span = recorder.span("first"); }
    EXPECT_TRUE(recorder.flush(patience));
    EXPECT_EQ(recorder.stats().queued, 128U);
    EXPECT_EQ(recorder.stats().dropped[DropReason::queueFull], 72U);
    { auto span = recorder.span("finds it full"); }
    EXPECT_EQ(recorder.stats().queued, 0U);
    { auto span = recorder.span("after"); }
    EXPECT_TRUE(recorder.flush(patience));
    EXPECT_EQ(recorder.sink().received, 130U);
    EXPECT_EQ(recorder.stats().dropped[DropReason::queueFull], 73U);
    EXPECT_TRUE(recorder.stats().isConserved());
}

TEST(RecorderOfOneThread, TellsTheSinkWhatItLostBeforeTheBatchThatFollows) {
    sidespan::Recorder<sidespan::ManualClock, ProbeSink, sidespan::NullLock> recorder(
        grantedWithSmallQueue());
    sidespan::DropCounts toldBeforeBatch;
    auto& sink = recorder.sink();
    bool isFirst = true;
    sink.onConsume = [&](const auto&) {
        toldBeforeBatch = sink.upstreamLosses;
        if (!std::exchange(isFirst, false)) return;
        for (int i = 0; i < 200; ++i) auto span = recorder.span("within");
    };
    { auto span = recorder.span("first"); }
    ASSERT_TRUE(recorder.flush(patience));
    EXPECT_EQ(toldBeforeBatch[DropReason::queueFull], 0U);
    ASSERT_TRUE(recorder.flush(patience));
    EXPECT_EQ(toldBeforeBatch, recorder.stats().dropped);
    EXPECT_EQ(toldBeforeBatch[DropReason::queueFull], 72U);

    auto lane = recorder.openLane({.capacityBytes = 16U << 10U});
    for (int i = 0; i < 1000; ++i) auto span = lane.span("b");
    ASSERT_TRUE(recorder.flush(patience));
    EXPECT_GT(toldBeforeBatch[DropReason::laneFull], 0U);
    EXPECT_EQ(toldBeforeBatch, recorder.stats().dropped);
}

}
