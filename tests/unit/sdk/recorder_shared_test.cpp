#include "recorders.h"

#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <sidespan/null_recorder.h>
#include <sidespan/sink_memory/testing.h>
#include <sidespan/sink_null/null_sink.h>

#include "support/latch.h"

namespace {

using namespace sidespan::test;
using sidespan::testing::recorded;

/// A lock of its own type.
class SharedOther : public std::mutex {};

template <class Lock>
class SharedRecorder : public ::testing::Test {};
TYPED_TEST_SUITE(SharedRecorder, AllLocks, LockNames);

TYPED_TEST(SharedRecorder, IsOneForEveryCallerWhateverItsConfiguration) {
    using Recorder = MemoryRecorder<TypeParam>;
    const auto first = Recorder::shared(granted());
    const auto second = Recorder::shared(sidespan::Config{});
    EXPECT_EQ(first, second);
    { auto span = second->span("a"); }
    EXPECT_EQ(recorded(*first).size(), 1U);
}

TYPED_TEST(SharedRecorder, GoesWithItsLastPointerAndIsMadeAnew) {
    using Recorder = MemoryRecorder<TypeParam>;
    auto first = Recorder::shared(granted());
    auto second = Recorder::shared(granted());
    const std::weak_ptr<Recorder> watched = first;
    { auto span = first->span("a"); }
    first.reset();
    EXPECT_FALSE(watched.expired());
    second.reset();
    EXPECT_TRUE(watched.expired());
    const auto anew = Recorder::shared(granted());
    EXPECT_EQ(anew->stats().recorded, 0U);
    { auto span = anew->span("b"); }
    EXPECT_EQ(recorded(*anew).size(), 1U);
}

TYPED_TEST(SharedRecorder, IsOneForEveryTypeOfRecorder) {
    const auto one = MemoryRecorder<TypeParam>::shared(granted());
    const auto other =
        sidespan::Recorder<sidespan::ManualClock, sidespan::MemorySink, SharedOther>::shared(granted());
    EXPECT_NE(static_cast<const void*>(one.get()), static_cast<const void*>(other.get()));
}

TYPED_TEST(SharedRecorder, IsOneForThreadsThatAskAtATime) {
    using Recorder = MemoryRecorder<TypeParam>;
    constexpr std::size_t count = 8;
    Latch allThere(count);
    std::vector<std::shared_ptr<Recorder>> found(count);
    std::vector<std::thread> threads;
    for (auto& mine : found) {
        threads.emplace_back([&] {
            allThere.arriveAndWait();
            mine = Recorder::shared(granted());
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(std::set(found.begin(), found.end()).size(), 1U);
}

TYPED_TEST(SharedRecorder, RecordsNothingOnceAnyCallersConsentIsDenied) {
    using Recorder = MemoryRecorder<TypeParam>;
    const auto recorder = Recorder::shared(granted());
    { auto span = recorder->span("a"); }
    EXPECT_EQ(recorded(*recorder).size(), 1U);
    auto later = granted();
    const auto same = Recorder::shared(later);
    later.consent.set(sidespan::Consent::denied);
    EXPECT_EQ(recorder->consent().state(), sidespan::Consent::denied);
    EXPECT_FALSE(recorder->span("b").isRecording());
    EXPECT_EQ(recorded(*recorder).size(), 0U);
    EXPECT_EQ(recorder->stats().dropped[sidespan::DropReason::consentWithdrawn], 1U);
    later.consent.set(sidespan::Consent::granted);
    { auto span = recorder->span("c"); }
    EXPECT_EQ(recorded(*recorder).size(), 1U);
}

TYPED_TEST(SharedRecorder, ObeysALaterCallerWhoseConsentIsDeniedAlready) {
    using Recorder = MemoryRecorder<TypeParam>;
    const auto recorder = Recorder::shared(granted());
    auto later = granted();
    later.consent = sidespan::Consent::denied;
    EXPECT_EQ(Recorder::shared(later), recorder);
    EXPECT_FALSE(recorder->span("a").isRecording());
}

TYPED_TEST(SharedRecorder, IsGrantedByALaterCaller) {
    using Recorder = MemoryRecorder<TypeParam>;
    auto first = granted();
    first.consent = sidespan::Consent();
    const auto recorder = Recorder::shared(first);
    EXPECT_FALSE(recorder->span("a").isRecording());
    const auto same = Recorder::shared(granted());
    EXPECT_TRUE(recorder->span("b").isRecording());
    auto third = granted();
    third.consent = sidespan::Consent();
    const auto again = Recorder::shared(third);
    EXPECT_TRUE(recorder->span("c").isRecording());
}

TYPED_TEST(SharedRecorder, NamesTheFieldsOfALaterConfigurationThatDiffer) {
    using Recorder = MemoryRecorder<TypeParam>;
    std::vector<std::string> told;
    auto config = granted();
    config.onError = [&](const sidespan::Error& error) { told.push_back(error.message); };
    const auto recorder = Recorder::shared(config);
    const auto same = Recorder::shared(config);
    EXPECT_TRUE(told.empty());
    config.token = "secret";
    config.queue.capacityBytes *= 2;
    config.http.headers["X-Team"] = "a";
    config.consent = sidespan::Consent();
    const auto third = Recorder::shared(config);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_THAT(told[0], ::testing::EndsWith(": queue.capacityBytes, token, http.headers"));
    EXPECT_THAT(told[0], ::testing::Not(::testing::HasSubstr("secret")));
    config.onError = {};
    const auto fourth = Recorder::shared(config);
    ASSERT_EQ(told.size(), 2U);
    EXPECT_THAT(told[1], ::testing::HasSubstr("onError"));
}

TEST(SharedNullRecorder, JoinsTheConsentsOfItsCallers) {
    using Recorder = sidespan::Recorder<sidespan::ManualClock, sidespan::NullSink, std::mutex>;
    const auto recorder = Recorder::shared(granted());
    auto later = granted();
    const auto same = Recorder::shared(later);
    later.consent.set(sidespan::Consent::denied);
    EXPECT_EQ(recorder->consent().state(), sidespan::Consent::denied);
}

TEST(SharedRecorderOfThreads, TellsAHandlerThatAsksForItWhatIsWrong) {
    using Recorder = MemoryRecorder<std::mutex>;
    auto config = granted();
    config.batch.maxSpans = 0;
    std::shared_ptr<Recorder> found;
    int errors = 0;
    config.onError = [&](const sidespan::Error&) {
        if (++errors == 1) found = Recorder::shared({});
    };
    const auto recorder = Recorder::shared(config);
    EXPECT_EQ(found, recorder);
    EXPECT_EQ(errors, 1);
}

TEST(SharedRecorderOfThreads, ComesAndGoesFromSeveralThreadsAtATime) {
    using Recorder = MemoryRecorder<std::mutex>;
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
        threads.emplace_back([] {
            for (int k = 0; k < 100; ++k) {
                const auto recorder = Recorder::shared(granted());
                auto span = recorder->span("a");
                EXPECT_TRUE(span.isRecording());
            }
        });
    }
    for (auto& thread : threads) thread.join();
    const auto last = Recorder::shared(granted());
    EXPECT_EQ(last.use_count(), 1);
}

}
