#include "process_counts.h"
#include "recorders.h"

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan/clock/steady_clock.h>
#include <sidespan/sink_null/null_sink.h>

namespace {

using namespace std::chrono_literals;
using sidespan::attr;
using sidespan::SpanStatus;

using NullRecorder = sidespan::Recorder<sidespan::SteadyClock, sidespan::NullSink, std::mutex>;

/// A program that makes every call there is.
template <class Recorder>
bool useEverything(Recorder& recorder) {
    bool isRecording = false;
    {
        auto span = recorder.span("audio.upload");
        span.set("file.name", std::string("loop.wav"));
        span.set("size", [] { return 42; });
        span.event("started");
        span.event("retry", attr("attempt", 3), attr("why", "timeout"));
        span.link(span.context());
        span.link(span.context(), attr("position", 3));
        span.set("peaks", {0.5, 0.25});
        span.set("sizes", std::vector{1, 2});
        span.setStatus(SpanStatus::error, "message");
        span.setKind(sidespan::SpanKind::client);
        span.updateName(sidespan::Name::copied("GET /loops"));
        span.updateName([] { return std::string("GET /loops/7"); });
        span.updateName("literal");
        span.recordException(std::runtime_error("refused"));
        span.event("elsewhere", std::chrono::system_clock::time_point(), attr("attempt", 3));
        span.setStartTime(std::chrono::system_clock::time_point());
        span.setEndTime(std::chrono::system_clock::time_point());
        auto named = recorder.span([] { return std::string("lazy"); }, span);
        auto below = named.child(sidespan::Name::copied("below"));
        auto opened = recorder.openSpan(sidespan::Name::copied("opened"));
        auto within2 = opened.child([] { return "within"; });
        auto child = span.child("audio.encode");
        auto open = recorder.openSpan("network.post", child.context());
        auto moved = std::move(open);
        auto inner = moved.child("inner");
        inner.end();
        moved.set("bytes", 1);
        auto within = recorder.span("within a handle", moved);
        auto other = recorder.openSpan("within a handle", within);
        const typename Recorder::SharedSpan shared = other.share();
        const std::function<void()> callback = [shared] { shared->set("status", 200); };
        callback();
        auto lane = recorder.openLane({.sampleRate = 48000});
        auto onLane = lane.span("within a handle", *shared);
        const auto handle = recorder.startSpan("by handle", span.context());
        recorder.addAttribute(handle, "codec", "flac");
        recorder.recordEvent(handle, "event");
        recorder.recordEvent(handle, "event", attr("attempt", 3));
        recorder.recordEvent(handle, "event", std::chrono::system_clock::time_point(), attr("attempt", 3));
        recorder.recordException(handle, std::runtime_error("refused"));
        recorder.endSpan(recorder.startSpan(sidespan::Name::copied("by handle")));
        recorder.endSpan(handle, SpanStatus::cancelled, "message");
        isRecording = span.isRecording() && recorder.contextOf(handle) == sidespan::SpanContext();
        moved = typename Recorder::OpenSpan();
    }
    EXPECT_TRUE(recorder.flush(20s));
    EXPECT_TRUE(recorder.stats().isConserved());
    EXPECT_FALSE(recorder.configError());
    EXPECT_TRUE(recorder.consent().isGranted());
    static_cast<void>(recorder.sink());
    static_cast<void>(recorder.clock());
    EXPECT_TRUE(recorder.shutdown(20s));
    return isRecording;
}

TEST(NullRecorder, TakesEveryCallThatARecorderTakes) {
    NullRecorder none(sidespan::test::granted());
    EXPECT_FALSE(useEverything(none));
    EXPECT_EQ(none.stats(), sidespan::Stats());
    sidespan::test::MemoryRecorder<std::mutex> some(sidespan::test::granted());
    EXPECT_TRUE(useEverything(some));
}

TEST(NullRecorder, HasNeitherThreadNorFileNorRandomness) {
    const auto threads = sidespan::test::countThreads();
    const auto files = sidespan::test::countFileDescriptors();
    const auto entropy = sidespan::test::countEntropyCalls();
    NullRecorder recorder(sidespan::test::granted());
    auto span = recorder.span("a");
    EXPECT_EQ(sidespan::test::countThreads(), threads);
    EXPECT_EQ(sidespan::test::countFileDescriptors(), files);
    EXPECT_EQ(sidespan::test::countEntropyCalls(), entropy);
}

TEST(NullRecorder, CallsNoLambda) {
    NullRecorder recorder(sidespan::test::granted());
    auto span = recorder.span("a");
    span.set("size", []() -> int { throw std::logic_error("called"); });
    EXPECT_FALSE(span.isRecording());
    EXPECT_FALSE(span.context().isValid());
}

TEST(NullRecorder, IsShared) {
    const auto first = NullRecorder::shared(sidespan::test::granted());
    EXPECT_EQ(NullRecorder::shared({}), first);
}

}
