#include "recorders.h"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace {

using namespace std::chrono_literals;
using namespace sidespan::test;
using sidespan::AttributeValue;
using sidespan::SpanHandle;
using sidespan::SpanStatus;
using sidespan::testing::tree;

template <class Lock>
class SpanByHandle : public ::testing::Test {
protected:
    MemoryRecorder<Lock> recorder_{granted()};
};
TYPED_TEST_SUITE(SpanByHandle, AllLocks, LockNames);

TYPED_TEST(SpanByHandle, RecordsWhatIsSaidAboutIt) {
    auto& recorder = this->recorder_;
    const auto span = recorder.startSpan("audio.encode");
    recorder.addAttribute(span, "codec", std::string("flac"));
    recorder.addAttribute(span, "bitrate", 128);
    recorder.addAttribute(span, "quality", 0.5);
    recorder.addAttribute(span, "lossless", true);
    recorder.clock().advance(5ms);
    recorder.recordEvent(span, "half done");
    recorder.clock().advance(5ms);
    recorder.endSpan(span, SpanStatus::error, "disk full");
    const auto result = recorded(recorder).at(0);
    EXPECT_EQ(result.attributes.at("codec"), "flac");
    EXPECT_EQ(result.attributes.at("bitrate"), AttributeValue(128));
    EXPECT_EQ(result.attributes.at("quality"), AttributeValue(0.5));
    EXPECT_EQ(result.attributes.at("lossless"), AttributeValue(true));
    EXPECT_EQ(result.events.at(0).timeUnixNano, result.startTimeUnixNano + 5'000'000);
    EXPECT_EQ(result.durationMs, 10);
    EXPECT_EQ(result.status, "error");
    EXPECT_EQ(result.statusMessage, "disk full");
}

TYPED_TEST(SpanByHandle, KeepsAMessageWithAFailureAlone) {
    auto& recorder = this->recorder_;
    recorder.endSpan(recorder.startSpan("ended well"), SpanStatus::ok, "as always");
    recorder.endSpan(recorder.startSpan("given up"), SpanStatus::cancelled, "by the user");
    const auto spans = recorded(recorder);
    EXPECT_EQ(only(spans, hasName("ended well")).statusMessage, "");
    EXPECT_EQ(only(spans, hasName("given up")).statusMessage, "by the user");
}

TYPED_TEST(SpanByHandle, CallsAValueThatIsCallableOnlyWhereItIsOpen) {
    auto& recorder = this->recorder_;
    int calls = 0;
    const auto count = [&] { return ++calls; };
    const auto span = recorder.startSpan("audio.encode");
    recorder.addAttribute(span, "count", count);
    recorder.endSpan(span);
    recorder.addAttribute(span, "count", count);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(recorded(recorder).at(0).attributes.at("count"), AttributeValue(1));
}

TYPED_TEST(SpanByHandle, IsRecordedOnceWhenItIsEndedTwice) {
    const auto span = this->recorder_.startSpan("a");
    this->recorder_.endSpan(span);
    this->recorder_.endSpan(span, SpanStatus::error);
    const auto spans = recorded(this->recorder_);
    ASSERT_EQ(spans.size(), 1U);
    EXPECT_EQ(spans[0].status, "ok");
}

TYPED_TEST(SpanByHandle, LeavesTheNextSpanOfItsSlotAlone) {
    const auto old = this->recorder_.startSpan("old");
    this->recorder_.endSpan(old);
    std::vector<SpanHandle> open;
    for (int i = 0; i < 256; ++i) open.push_back(this->recorder_.startSpan("new"));
    this->recorder_.addAttribute(old, "key", "value");
    this->recorder_.recordEvent(old, "event");
    this->recorder_.endSpan(old);
    for (const auto span : open) this->recorder_.endSpan(span);
    const auto spans = recorded(this->recorder_);
    EXPECT_EQ(spans.size(), 257U);
    for (const auto& span : spans) EXPECT_TRUE(span.attributes.empty() && span.events.empty());
}

TYPED_TEST(SpanByHandle, DoesNothingWhenItWasNeverGiven) {
    auto& recorder = this->recorder_;
    const auto real = recorder.startSpan("real");
    for (const auto value : {std::uint64_t{1}, std::uint64_t{1} << 16U, std::uint64_t{255},
                             real.value() + (std::uint64_t{1} << 16U), real.value() + 1, ~std::uint64_t{0}}) {
        const SpanHandle never(value);
        recorder.addAttribute(never, "key", 1);
        recorder.recordEvent(never, "event");
        EXPECT_FALSE(recorder.contextOf(never).isValid());
        recorder.endSpan(never);
    }
    recorder.endSpan(SpanHandle());
    EXPECT_EQ(recorded(recorder).size(), 0U);
    recorder.endSpan(real);
    EXPECT_EQ(recorded(recorder).size(), 1U);
}

TYPED_TEST(SpanByHandle, CannotBeGuessedFromOneThatHasEnded) {
    auto& recorder = this->recorder_;
    const auto ended = recorder.startSpan("a");
    recorder.endSpan(ended);
    const SpanHandle next(ended.value() + (std::uint64_t{1} << 16U));
    recorder.endSpan(next);
    EXPECT_EQ(recorded(recorder).size(), 1U) << "a free slot was recorded again";
}

TYPED_TEST(SpanByHandle, NamesNothingInAnotherRecorder) {
    MemoryRecorder<TypeParam> other(granted());
    const auto mine = this->recorder_.startSpan("mine");
    const auto theirs = other.startSpan("theirs");
    EXPECT_NE(mine, theirs);
    this->recorder_.addAttribute(theirs, "key", "value");
    this->recorder_.endSpan(theirs);
    other.endSpan(mine);
    EXPECT_EQ(recorded(this->recorder_).size(), 0U);
    EXPECT_EQ(recorded(other).size(), 0U);
    this->recorder_.endSpan(mine);
    other.endSpan(theirs);
    EXPECT_TRUE(recorded(this->recorder_).at(0).attributes.empty());
    EXPECT_EQ(tree(recorded(other)), "theirs\n");
}

TYPED_TEST(SpanByHandle, IsNotThereWhenNothingIsRecorded) {
    MemoryRecorder<TypeParam> silent(sidespan::Config{});
    const auto span = silent.startSpan("a");
    EXPECT_FALSE(span.isValid());
    silent.addAttribute(span, "key", 1);
    silent.recordEvent(SpanHandle(77), "event");
    silent.endSpan(SpanHandle(77));
    EXPECT_EQ(silent.stats(), sidespan::Stats());
}

}
