#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan/detail/drain/open_traces.h>
#include <sidespan/sink_memory/testing.h>

#include "recorders.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;

using TailRecorder = MemoryRecorder<NullLock>;

constexpr TailSampler strictTail{.slowerThan = 100ms, .keepOneIn = 0, .maxBytes = 16U << 20U, .maxAge = 10s};

Config tailConfig(const TailSampler& tail) {
    Config config = granted();
    config.sampler = tail;
    return config;
}

/// A recorder whose drain runs when a test says so, without the flush that passes everything on.
class OpenTraces : public ::testing::Test {
protected:
    void open(const TailSampler& tail) { recorder_.emplace(tailConfig(tail)); }
    TailRecorder& recorder() { return *recorder_; }

    /// Half of a shard's queue makes the inline drain run: what this adds is dropped by every rule here.
    void drain() {
        for (int i = 0; i < 4'000; ++i) {
            auto filler = recorder().span("filler");
            filler.set("text", std::string(100, 'x'));
        }
    }
    std::vector<std::string> kept() {
        std::vector<std::string> kept;
        for (const auto& span : recorder().sink().spans()) kept.push_back(span.name);
        return kept;
    }
    void finish() {
        EXPECT_TRUE(recorder().flush(patience));
        EXPECT_TRUE(recorder().stats().isConserved());
    }

    std::optional<TailRecorder> recorder_;
};

TEST_F(OpenTraces, KeepErrorsAndSlowSpansWithTheirWholeTraces) {
    open(strictTail);
    {
        auto root = recorder().span("failing");
        auto child = root.child("failing child");
        child.setStatus(SpanStatus::error);
        EXPECT_TRUE(root.context().isSampled());
    }
    {
        auto root = recorder().span("slow");
        auto child = root.child("slow child");
        recorder().clock().advance(100ms);
    }
    {
        auto root = recorder().span("quick");
        auto child = root.child("quick child");
        recorder().clock().advance(99ms);
    }
    drain();
    EXPECT_EQ(kept(), (std::vector<std::string>{"failing child", "failing", "slow child", "slow"}));
    finish();
    EXPECT_EQ(recorder().stats().delivered, 4U);
    EXPECT_EQ(recorder().stats().keptUnjudged, 0U);
    EXPECT_EQ(recorder().stats().notSampled, recorder().stats().recorded - 4);
}

TEST_F(OpenTraces, KeepOneInSoManyOfTheOthers) {
    TailSampler tail = strictTail;
    tail.keepOneIn = 4;
    open(tail);
    for (int i = 0; i < 8'000; ++i) auto root = recorder().span("root");
    finish();
    const auto stats = recorder().stats();
    EXPECT_EQ(stats.recorded, 8'000U);
    EXPECT_EQ(stats.notSampled + stats.delivered, 8'000U);
    EXPECT_NEAR(static_cast<double>(stats.delivered - stats.keptUnjudged), 2'000, 1);
}

TEST_F(OpenTraces, HoldATraceUntilItsFirstSpanEnds) {
    open(strictTail);
    std::optional<TailRecorder::OpenSpan> root = recorder().openSpan("root");
    { auto child = recorder().span("child", *root); }
    drain();
    EXPECT_TRUE(kept().empty());
    EXPECT_GE(recorder().stats().queued, 1U);
    root->setStatus(SpanStatus::error);
    root.reset();
    drain();
    EXPECT_EQ(kept(), (std::vector<std::string>{"child", "root"}));
    finish();
}

TEST_F(OpenTraces, JudgeTheLocalPartOfARemoteTrace) {
    open(strictTail);
    const SpanContext remote{TraceId(1, 2), SpanId(3), TraceFlags::none, true};
    {
        auto served = recorder().span("served", remote);
        EXPECT_TRUE(served.context().isSampled());
        auto child = served.child("child");
        child.setStatus(SpanStatus::error);
    }
    drain();
    EXPECT_EQ(kept(), (std::vector<std::string>{"child", "served"}));
    finish();
}

TEST_F(OpenTraces, SendLateSpansTheWayOfTheirTrace) {
    open(strictTail);
    auto failing = recorder().span("failing");
    auto late = recorder().openSpan("late", failing);
    auto quick = recorder().openSpan("quick");
    auto lateQuick = recorder().openSpan("late of quick", quick);
    auto lateError = recorder().openSpan("late error", quick);
    quick.end();
    {
        auto other = recorder().openSpan("failing too");
        other.setStatus(SpanStatus::error);
        late = recorder().openSpan("late", other);
    }
    drain();
    late.end();
    lateQuick.end();
    lateError.setStatus(SpanStatus::error);
    lateError.end();
    drain();
    EXPECT_EQ(kept(), (std::vector<std::string>{"failing too", "late", "late error"}));
}

TEST_F(OpenTraces, PassOnWhatIsTooOld) {
    open(strictTail);
    auto root = recorder().openSpan("root");
    { auto child = recorder().span("child", root); }
    drain();
    recorder().clock().advance(10s);
    drain();
    EXPECT_EQ(kept(), (std::vector<std::string>{"child"}));
    EXPECT_EQ(recorder().stats().keptUnjudged, 1U);
}

TEST_F(OpenTraces, PassOnTheOldestWhenThereIsTooMuch) {
    TailSampler tail = strictTail;
    tail.maxBytes = std::size_t{64} << 10U;
    open(tail);
    std::vector<TailRecorder::OpenSpan> roots;
    for (int i = 0; i < 100; ++i) {
        roots.push_back(recorder().openSpan("root"));
        auto child = recorder().span("child", roots.back());
        child.set("text", std::string(1'000, 'x'));
    }
    drain();
    const auto stats = recorder().stats();
    EXPECT_GE(stats.keptUnjudged, 30U);
    EXPECT_LT(stats.keptUnjudged, 100U);
    EXPECT_EQ(kept().size(), stats.keptUnjudged);
}

TEST_F(OpenTraces, ArePassedOnByAFlush) {
    open(strictTail);
    auto root = recorder().openSpan("root");
    { auto child = recorder().span("child", root); }
    finish();
    EXPECT_EQ(kept(), (std::vector<std::string>{"child"}));
    EXPECT_EQ(recorder().stats().keptUnjudged, 1U);
}

TEST_F(OpenTraces, AreForgottenWithTheConsent) {
    open(strictTail);
    auto root = recorder().openSpan("root");
    { auto child = recorder().span("child", root); }
    drain();
    recorder().consent().set(Consent::denied);
    EXPECT_TRUE(kept().empty());
    EXPECT_GE(recorder().stats().dropped[DropReason::consentWithdrawn], 1U);
    recorder().consent().set(Consent::granted);
    finish();
    EXPECT_TRUE(kept().empty());
}

TEST_F(OpenTraces, ArePassedOnByAShutdown) {
    open(strictTail);
    auto root = recorder().openSpan("root");
    { auto child = recorder().span("child", root); }
    drain();
    EXPECT_TRUE(recorder().shutdown(patience));
    EXPECT_EQ(kept(), (std::vector<std::string>{"child"}));
    root.end();
    EXPECT_EQ(recorder().stats().dropped[DropReason::shutdown], 1U);
    EXPECT_EQ(recorder().stats().queued, 0U);
    EXPECT_TRUE(recorder().stats().isConserved());
}

TEST_F(OpenTraces, AreNotSentByAShutdownWithoutConsent) {
    open(strictTail);
    auto root = recorder().openSpan("root");
    { auto child = recorder().span("child", root); }
    drain();
    recorder().consent().set(Consent::denied);
    EXPECT_TRUE(recorder().shutdown(patience));
    EXPECT_TRUE(kept().empty());
    EXPECT_EQ(recorder().stats().queued, 0U);
    EXPECT_TRUE(recorder().stats().isConserved());
}

TEST_F(OpenTraces, AreForgottenWhenConsentIsWithdrawnAndGrantedAgain) {
    open(strictTail);
    auto root = recorder().openSpan("root");
    { auto child = recorder().span("child", root); }
    drain();
    recorder().consent().set(Consent::denied);
    recorder().consent().set(Consent::granted);
    {
        auto failing = recorder().span("failing");
        failing.setStatus(SpanStatus::error);
    }
    finish();
    EXPECT_EQ(kept(), (std::vector<std::string>{"failing"}));
}

TEST_F(OpenTraces, ObeyARemoteParentWhereTheSamplerIsParentBased) {
    Config config = granted();
    config.sampler = Sampler::parentBased(strictTail);
    recorder_.emplace(config);
    const SpanContext remote{TraceId(1, 2), SpanId(3), TraceFlags::none, true};
    EXPECT_FALSE(recorder().span("served", remote).isRecording());
    EXPECT_TRUE(recorder().span("root").isRecording());
}

TEST(TailSampler, IsCheckedWithTheConfiguration) {
    EXPECT_FALSE(check(tailConfig({})));
    const auto error = check(tailConfig({.maxBytes = 1}));
    ASSERT_TRUE(error);
    EXPECT_EQ(error->message,
              "Config::sampler.maxBytes is 1 bytes; it must be from 65536 to 1073741824 bytes");
    EXPECT_TRUE(check(tailConfig({.maxAge = 0s})));
    EXPECT_TRUE(check(tailConfig({.slowerThan = -1ms})));
    EXPECT_EQ(detail::differingFields(granted(), tailConfig({})), "sampler");
}

detail::SpanItem tailItem(std::uint64_t trace, std::uint64_t parent, SpanStatus status = SpanStatus::unset) {
    return {.word = detail::ItemWord::make(detail::ItemType::span, 0, sizeof(detail::SpanItem), 0, 0,
                                           static_cast<std::uint64_t>(status)),
            .name = nullptr,
            .start = 0,
            .end = 0,
            .spanId = 1,
            .parentId = parent,
            .traceHigh = 1,
            .traceLow = trace};
}

std::span<std::byte> bytesOf(detail::SpanItem& item) {
    return std::as_writable_bytes(std::span(&item, 1));
}

// The child ended first, in a shard that the drain had already looked at.
TEST(TailSampler, WaitsForSpansOfOtherThreads) {
    std::uint64_t passed = 0;
    detail::OpenTraces traces(strictTail,
                              [&](std::span<std::byte>, std::uint64_t count) { passed += count; });
    auto root = tailItem(1, 0);
    auto child = tailItem(1, 1, SpanStatus::error);
    traces.add(bytesOf(root), 0);
    traces.judge(0);
    traces.add(bytesOf(child), 0);
    traces.judge(0);
    EXPECT_EQ(passed, 2U);
    EXPECT_EQ(traces.held(), 0U);
    EXPECT_EQ(traces.notSampled(), 0U);
}

// Their first spans never end.
TEST(TailSampler, HoldsNoMoreThanItMay) {
    TailSampler tail = strictTail;
    tail.maxBytes = std::size_t{64} << 10U;
    std::size_t passed = 0;
    detail::OpenTraces traces(tail,
                              [&](std::span<std::byte> records, std::uint64_t) { passed += records.size(); });
    std::size_t added = 0;
    for (std::uint64_t i = 1; i <= 10'000; ++i) {
        auto child = tailItem(i, 7);
        traces.add(bytesOf(child), i);
        added += sizeof(child);
        ASSERT_LE(added - passed, tail.maxBytes);
    }
    EXPECT_GT(traces.held(), 0U);
    EXPECT_EQ(traces.held() + traces.keptUnjudged(), 10'000U);
    traces.judge(20'000'000'000);
    EXPECT_EQ(traces.held(), 0U);
    EXPECT_EQ(passed, added);
}

// Threads of a recorder whose drain thread holds traces while others record.
TEST(TailSampler, LosesNothingBetweenThreads) {
    TailSampler tail = strictTail;
    tail.keepOneIn = 3;
    MemoryRecorder<std::mutex> recorder(tailConfig(tail));
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 2'000; ++n) {
                auto root = recorder.span("root");
                auto child = recorder.openSpan("child", root);
                if (n % 100 == 0) child.setStatus(SpanStatus::error);
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_TRUE(recorder.flush(patience));
    const auto stats = recorder.stats();
    EXPECT_EQ(stats.recorded, 16'000U);
    EXPECT_TRUE(stats.isConserved());
    EXPECT_GT(stats.notSampled, 0U);
    EXPECT_EQ(stats.queued, 0U);
}

}
}
