#include "recorders.h"

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <sidespan/sink_memory/testing.h>

namespace {

using namespace std::chrono_literals;
using namespace sidespan::test;
using sidespan::attr;
using sidespan::AttributeValue;
using sidespan::DropReason;
using sidespan::SpanStatus;
using sidespan::testing::hasName;
using sidespan::testing::only;
using sidespan::testing::recorded;
using sidespan::testing::tree;

template <class Lock>
class OpenSpan : public ::testing::Test {
protected:
    using Recorder = MemoryRecorder<Lock>;
    Recorder recorder_{granted()};
};
TYPED_TEST_SUITE(OpenSpan, AllLocks, LockNames);

TYPED_TEST(OpenSpan, RecordsWhatIsSaidAboutItUntilItsEnd) {
    auto& recorder = this->recorder_;
    auto span = recorder.openSpan("network.post");
    span.set("bytes", 720000);
    span.event("sent", attr("part", 1));
    span.setStatus(SpanStatus::error, "refused");
    span.setKind(sidespan::SpanKind::client);
    recorder.clock().advance(150ms);
    span.end();
    span.set("too late", true);
    const auto recordedSpan = recorded(recorder).at(0);
    EXPECT_EQ(recordedSpan.attributes.at("bytes"), AttributeValue(720000));
    EXPECT_FALSE(recordedSpan.attributes.contains("too late"));
    EXPECT_EQ(recordedSpan.events.at(0).attributes.at("part"), AttributeValue(1));
    EXPECT_EQ(recordedSpan.status, "error");
    EXPECT_EQ(recordedSpan.statusMessage, "refused");
    EXPECT_EQ(recordedSpan.kind, "client");
    EXPECT_EQ(recordedSpan.durationMs, 150);
}

TYPED_TEST(OpenSpan, IsRecordedOnceHoweverOftenItEnds) {
    {
        auto span = this->recorder_.openSpan("a");
        EXPECT_TRUE(span.isRecording());
        span.end();
        EXPECT_FALSE(span.isRecording());
        span.end();
    }
    EXPECT_EQ(recorded(this->recorder_).size(), 1U);
}

TYPED_TEST(OpenSpan, EndsWhereItWasMovedTo) {
    auto span = this->recorder_.openSpan("a");
    {
        auto moved = std::move(span);
        EXPECT_FALSE(span.isRecording());  // NOLINT(bugprone-use-after-move): what it promises
        span.set("by the empty one", 1);
        EXPECT_EQ(recorded(this->recorder_).size(), 0U);
        moved.set("by the other", 1);
    }
    const auto spans = recorded(this->recorder_);
    ASSERT_EQ(spans.size(), 1U);
    EXPECT_TRUE(spans[0].attributes.contains("by the other"));
    EXPECT_FALSE(spans[0].attributes.contains("by the empty one"));
}

TYPED_TEST(OpenSpan, IsSharedByACallbackThatIsCopied) {
    auto open = this->recorder_.openSpan("network.post");
    std::function<void(int)> callback = [post = open.share()](int status) { post->set("status", status); };
    EXPECT_FALSE(open.isRecording());
    auto copy = callback;
    callback = {};
    copy(200);
    EXPECT_EQ(recorded(this->recorder_).size(), 0U);
    copy = {};
    const auto spans = recorded(this->recorder_);
    ASSERT_EQ(spans.size(), 1U);
    EXPECT_EQ(spans[0].attributes.at("status"), AttributeValue(200));
}

TYPED_TEST(OpenSpan, EndsForAllWhoShareIt) {
    const auto post = this->recorder_.openSpan("network.post").share();
    const std::function<void()> done = [post] { post->end(); };
    { auto inner = this->recorder_.span("answer", *post); }
    done();
    EXPECT_FALSE(post->isRecording());
    EXPECT_EQ(tree(recorded(this->recorder_)), "network.post\n  answer\n");
}

TYPED_TEST(OpenSpan, IsAParentAsAnyHandleIs) {
    auto& recorder = this->recorder_;
    {
        auto open = recorder.openSpan("a");
        auto scoped = recorder.span("b", open);
        auto inner = recorder.openSpan("c", scoped);
        auto lane = recorder.openLane({.sampleRate = 48000});
        auto onLane = lane.span("d", inner);
        auto child = onLane.child("e");
        recorder.endSpan(recorder.startSpan("f", child));
        auto block = lane.block(64);
        EXPECT_EQ(lane.misuses(), 1U);
    }
    EXPECT_EQ(tree(recorded(recorder)), "a\n  b\n    c\n      d\n        e\n          f\n");
}

TYPED_TEST(OpenSpan, EndsWhenAnotherIsMovedIntoIt) {
    auto span = this->recorder_.openSpan("first");
    span = this->recorder_.openSpan("second");
    EXPECT_EQ(tree(recorded(this->recorder_)), "first\n");
    span = {};
    EXPECT_EQ(tree(recorded(this->recorder_)), "first\nsecond\n");
}

TYPED_TEST(OpenSpan, OutlivesTheSpanItIsAChildOf) {
    typename TestFixture::Recorder::OpenSpan child;
    {
        auto parent = this->recorder_.openSpan("parent");
        child = parent.child("child");
    }
    this->recorder_.clock().advance(1ms);
    child.end();
    EXPECT_EQ(tree(recorded(this->recorder_)), "parent\n  child\n");
}

TYPED_TEST(OpenSpan, HasNoChildrenOnceItHasEnded) {
    auto parent = this->recorder_.openSpan("parent");
    parent.end();
    EXPECT_FALSE(parent.child("child").isRecording());
    EXPECT_FALSE(parent.context().isValid());
}

TYPED_TEST(OpenSpan, OutlivesItsRecorder) {
    auto recorder = std::make_unique<typename TestFixture::Recorder>(granted());
    auto span = recorder->openSpan("a");
    auto never = typename TestFixture::Recorder::OpenSpan();
    EXPECT_TRUE(span.context().isValid());
    recorder.reset();
    span.set("key", "value");
    EXPECT_FALSE(span.context().isValid());
    auto child = span.child("b");
    EXPECT_FALSE(child.isRecording());
    never.end();
    span.end();
    EXPECT_FALSE(span.isRecording());
}

TYPED_TEST(OpenSpan, IsNotOfANewConsentWhenItsParentIsNot) {
    auto parent = this->recorder_.openSpan("parent");
    this->recorder_.consent().set(sidespan::Consent::denied);
    this->recorder_.consent().set(sidespan::Consent::granted);
    { auto child = parent.child("child"); }
    parent.end();
    EXPECT_EQ(tree(recorded(this->recorder_)), "");
    EXPECT_TRUE(this->recorder_.stats().isConserved());
}

TYPED_TEST(OpenSpan, IsOneOf256AndMoreAreDroppedAndCounted) {
    auto& recorder = this->recorder_;
    std::vector<typename TestFixture::Recorder::OpenSpan> open;
    for (int i = 0; i < 300; ++i) open.push_back(recorder.openSpan("a"));
    int recording = 0;
    for (const auto& span : open) recording += span.isRecording() ? 1 : 0;
    EXPECT_EQ(recording, 256);
    EXPECT_EQ(recorder.stats().dropped[DropReason::tooManyOpen], 44U);
    open.clear();
    { auto again = recorder.openSpan("again"); }
    EXPECT_EQ(recorded(recorder).size(), 257U);
    EXPECT_EQ(recorder.stats().recorded, 301U);
    EXPECT_TRUE(recorder.stats().isConserved());
}

TYPED_TEST(OpenSpan, FailsWhenAnExceptionEndsItUnlessItWasSaidOtherwise) {
    const auto failWith = [&](sidespan::Literal name, auto&& say) {
        EXPECT_THROW(
            {
                auto span = this->recorder_.openSpan(name);
                say(span);
                throw std::runtime_error("unplugged");
            },
            std::runtime_error);
    };
    failWith("silent", [](auto&) {});
    failWith("told", [](auto& span) { span.setStatus(SpanStatus::error, "why"); });
    failWith("cancelled", [](auto& span) { span.setStatus(SpanStatus::cancelled, "by the user"); });
    failWith("ended before", [](auto& span) { span.end(); });
    const auto spans = recorded(this->recorder_);
    EXPECT_EQ(only(spans, hasName("silent")).status, "error");
    EXPECT_EQ(only(spans, hasName("told")).statusMessage, "why");
    EXPECT_EQ(only(spans, hasName("cancelled")).status, "cancelled");
    EXPECT_EQ(only(spans, hasName("ended before")).status, "ok");
}

TEST(OpenSpanOfThreads, EndsOnAnotherThread) {
    MemoryRecorder<std::mutex> recorder(granted());
    auto span = recorder.openSpan("a");
    std::thread other([moved = std::move(span)]() mutable {
        moved.set("thread", "other");
        moved.end();
    });
    other.join();
    EXPECT_EQ(recorded(recorder).at(0).attributes.at("thread"), "other");
}

}
