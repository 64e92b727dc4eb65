#include "probe_sink.h"
#include "process_counts.h"
#include "recorders.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <sidespan/sink_memory/testing.h>

namespace {

using namespace sidespan::test;
using sidespan::Consent;
using sidespan::DropReason;
using sidespan::testing::recorded;
using sidespan::testing::tree;

template <class Lock>
class RecorderConsent : public ::testing::Test {
protected:
    static sidespan::Config withoutConsent() {
        auto config = granted();
        config.consent = Consent();
        return config;
    }
};
TYPED_TEST_SUITE(RecorderConsent, AllLocks, LockNames);

TYPED_TEST(RecorderConsent, UnknownMakesNothingAndRecordsNothing) {
    const auto threads = countThreads();
    const auto entropy = countEntropyCalls();
    MemoryRecorder<TypeParam> recorder(this->withoutConsent());
    {
        auto span = recorder.span("a");
        EXPECT_FALSE(span.isRecording());
        EXPECT_EQ(span.context(), sidespan::SpanContext());
        EXPECT_FALSE(recorder.openSpan("b").isRecording());
        EXPECT_FALSE(recorder.startSpan("c").isValid());
    }
    EXPECT_EQ(countThreads(), threads);
    EXPECT_EQ(countEntropyCalls(), entropy);
    EXPECT_EQ(recorder.stats(), sidespan::Stats());
    EXPECT_TRUE(recorder.flush(patience));
}

TEST(RecorderConsentOfOneThread, DeniedBeforeTheSinkHasStartedLeavesItUntouched) {
    const auto config = granted();
    sidespan::Recorder<sidespan::ManualClock, ProbeSink, sidespan::NullLock> recorder(config);
    { auto span = recorder.span("a"); }
    recorder.consent().set(Consent::denied);
    EXPECT_EQ(recorder.sink().starts, 0);
    EXPECT_EQ(recorder.sink().purges, 0);
    EXPECT_TRUE(recorder.flush(patience));
    EXPECT_EQ(recorder.sink().received, 0U);
}

// A hook may take its time, and consent be withdrawn meanwhile.
TYPED_TEST(RecorderConsent, WithdrawnWhileTheHookLooksReachesNoSink) {
    auto config = granted();
    config.scrub = [consent = config.consent](auto...) mutable {
        consent.set(Consent::denied);
        consent.set(Consent::granted);
        return sidespan::Scrub::keep;
    };
    sidespan::Recorder<sidespan::ManualClock, ProbeSink, TypeParam> recorder(config);
    {
        auto span = recorder.span("a");
        span.set("b", 1);
    }
    EXPECT_TRUE(recorder.flush(patience));
    EXPECT_EQ(recorder.sink().received, 0U);
    EXPECT_EQ(recorder.stats().dropped[DropReason::consentWithdrawn], 1U);
    EXPECT_TRUE(recorder.stats().isConserved());
}

// Headers are made from contexts, and nothing of an old consent may leave.
TYPED_TEST(RecorderConsent, EndsTheContextsThatWereGivenOut) {
    MemoryRecorder<TypeParam> recorder(granted());
    auto scoped = recorder.span("a");
    auto child = scoped.child("b");
    auto open = recorder.openSpan("c");
    const auto handle = recorder.startSpan("d");
    const auto isAnyValid = [&] {
        return scoped.context().isValid() || child.context().isValid() || open.context().isValid() ||
               recorder.contextOf(handle).isValid();
    };
    EXPECT_TRUE(isAnyValid());
    recorder.consent().set(Consent::denied);
    EXPECT_FALSE(isAnyValid());
    recorder.consent().set(Consent::granted);
    EXPECT_FALSE(isAnyValid());
}

TYPED_TEST(RecorderConsent, DeniedFromTheBeginningIsTheSameAsUnknown) {
    auto config = granted();
    config.consent = Consent::denied;
    MemoryRecorder<TypeParam> recorder(config);
    { auto span = recorder.span("a"); }
    EXPECT_EQ(recorder.stats(), sidespan::Stats());
}

TYPED_TEST(RecorderConsent, GrantedLaterBeginsWithTheNextSpan) {
    MemoryRecorder<TypeParam> recorder(this->withoutConsent());
    {
        auto before = recorder.span("before");
        recorder.consent().set(Consent::granted);
        auto child = before.child("child of before");
        EXPECT_FALSE(child.isRecording());
        auto after = recorder.span("after");
        EXPECT_TRUE(after.isRecording());
    }
    EXPECT_EQ(tree(recorded(recorder)), "after\n");
}

TYPED_TEST(RecorderConsent, DeniedPurgesWhatIsQueuedAndWhatTheSinkHolds) {
    MemoryRecorder<TypeParam> recorder(granted());
    { auto span = recorder.span("delivered"); }
    EXPECT_EQ(recorded(recorder).size(), 1U);
    { auto span = recorder.span("queued"); }
    recorder.consent().set(Consent::denied);
    EXPECT_EQ(recorded(recorder).size(), 0U);
    const auto stats = recorder.stats();
    EXPECT_EQ(stats.recorded, 2U);
    EXPECT_EQ(stats.dropped[DropReason::consentWithdrawn], 2U);
    EXPECT_TRUE(stats.isConserved());
}

TYPED_TEST(RecorderConsent, UnknownAgainIsAWithdrawalToo) {
    MemoryRecorder<TypeParam> recorder(granted());
    { auto span = recorder.span("a"); }
    recorder.consent().set(Consent::unknown);
    { auto span = recorder.span("b"); }
    EXPECT_EQ(recorded(recorder).size(), 0U);
    EXPECT_EQ(recorder.stats().recorded, 1U);
    EXPECT_TRUE(recorder.stats().isConserved());
}

TYPED_TEST(RecorderConsent, GrantedAgainDoesNotBringBackWhatBeganBefore) {
    MemoryRecorder<TypeParam> recorder(granted());
    auto open = recorder.openSpan("open");
    const auto handle = recorder.startSpan("by handle");
    {
        auto scoped = recorder.span("scoped");
        recorder.consent().set(Consent::denied);
        recorder.consent().set(Consent::granted);
        auto child = scoped.child("child");
    }
    open.end();
    recorder.endSpan(handle);
    { auto fresh = recorder.span("fresh"); }
    EXPECT_EQ(tree(recorded(recorder)), "fresh\n");
    const auto stats = recorder.stats();
    EXPECT_EQ(stats.dropped[DropReason::consentWithdrawn], 4U);
    EXPECT_EQ(stats.recorded, 5U);
    EXPECT_TRUE(stats.isConserved());
}

TYPED_TEST(RecorderConsent, KeepsWhatIsRecordedRightAfterItIsGrantedAgain) {
    MemoryRecorder<TypeParam> recorder(granted());
    for (int i = 0; i < 200; ++i) {
        { auto span = recorder.span("old"); }
        recorder.consent().set(Consent::denied);
        recorder.consent().set(Consent::granted);
        { auto span = recorder.span("new"); }
        ASSERT_EQ(tree(recorded(recorder)), "new\n") << "round " << i;
    }
    EXPECT_TRUE(recorder.stats().isConserved());
}

TYPED_TEST(RecorderConsent, IsSharedByRecordersThatWereGivenTheSame) {
    auto config = this->withoutConsent();
    MemoryRecorder<TypeParam> first(config);
    MemoryRecorder<TypeParam> second(config);
    config.consent.set(Consent::granted);
    { auto span = first.span("a"); }
    { auto span = second.span("b"); }
    EXPECT_EQ(recorded(first).size() + recorded(second).size(), 2U);
}

TYPED_TEST(RecorderConsent, ChangesNothingOnceTheRecorderIsShutDown) {
    MemoryRecorder<TypeParam> recorder(this->withoutConsent());
    EXPECT_TRUE(recorder.shutdown(patience));
    recorder.consent().set(Consent::granted);
    { auto span = recorder.span("a"); }
    EXPECT_EQ(recorder.stats(), sidespan::Stats());
}

TYPED_TEST(RecorderConsent, OutlivesTheRecorder) {
    Consent consent = Consent::granted;
    {
        auto config = granted();
        config.consent = consent;
        MemoryRecorder<TypeParam> recorder(config);
        { auto span = recorder.span("a"); }
    }
    consent.set(Consent::denied);
    EXPECT_FALSE(consent.isGranted());
}

TYPED_TEST(RecorderConsent, WithdrawnByAnErrorHandlerIsObeyed) {
    using Recorder = sidespan::Recorder<sidespan::ManualClock, ProbeSink, TypeParam>;
    Consent consent = Consent::granted;
    auto config = granted();
    config.consent = consent;
    config.onError = [&](const sidespan::Error&) { consent.set(Consent::denied); };
    Recorder recorder(config);
    recorder.sink().onConsume = [&](const sidespan::SpanBatch&) {
        recorder.sink().report({sidespan::ErrorCode::rejected, "no more"});
    };
    { auto span = recorder.span("a"); }
    recorder.flush(patience);
    recorder.flush(patience);
    EXPECT_EQ(recorder.sink().purges, 1);
    EXPECT_FALSE(recorder.span("b").isRecording());
}

// What is in the sink at the end was recorded under the last consent, which is withdrawn at the end.
TEST(RecorderConsentOfThreads, LeavesNothingBehindHoweverItChangesMeanwhile) {
    MemoryRecorder<std::mutex> recorder(granted());
    std::atomic<bool> isOver{false};
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
        threads.emplace_back([&] {
            while (!isOver) {
                auto span = recorder.span("a");
                auto child = span.child("b");
                auto open = recorder.openSpan("c", child.context());
            }
        });
    }
    for (int i = 0; i < 300; ++i) {
        recorder.consent().set(Consent::denied);
        recorder.consent().set(Consent::granted);
        if (i % 16 == 0) static_cast<void>(recorder.flush(patience));
    }
    recorder.consent().set(Consent::denied);
    isOver = true;
    for (auto& thread : threads) thread.join();
    EXPECT_TRUE(recorder.flush(patience));
    EXPECT_EQ(recorder.sink().spans().size(), 0U);
    EXPECT_EQ(recorder.stats().delivered, 0U);
    EXPECT_TRUE(recorder.stats().isConserved());
}

TEST(RecorderConsentOfThreads, CanBeDeniedWhileTheFirstSpanBegins) {
    for (int i = 0; i < 200; ++i) {
        Consent consent = Consent::granted;
        auto config = granted();
        config.consent = consent;
        MemoryRecorder<std::mutex> recorder(config);
        std::thread user([&] { consent.set(Consent::denied); });
        { auto span = recorder.span("a"); }
        user.join();
        EXPECT_FALSE(recorder.span("b").isRecording());
    }
}

TYPED_TEST(RecorderConsent, WithdrawnIsObeyedThoughAnotherObserverThrows) {
    auto config = granted();
    const auto bad = config.consent.observe([](Consent::State state) {
        if (state == Consent::denied) throw std::runtime_error("the observer's own trouble");
    });
    MemoryRecorder<TypeParam> recorder(config);
    { auto span = recorder.span("before"); }
    recorder.consent().set(Consent::denied);
    EXPECT_FALSE(recorder.span("denied").isRecording());
    recorder.consent().set(Consent::granted);
    { auto span = recorder.span("after"); }
    EXPECT_EQ(tree(recorded(recorder)), "after\n");
    EXPECT_TRUE(recorder.stats().isConserved());
}

}
