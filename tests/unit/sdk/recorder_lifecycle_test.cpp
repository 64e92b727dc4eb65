#include "probe_sink.h"
#include "process_counts.h"
#include "recorders.h"

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <sidespan/clock/steady_clock.h>
#include <sidespan/clock/tsc_clock.h>
#include <sidespan/sink_memory/testing.h>

#include "support/latch.h"

namespace {

using namespace std::chrono_literals;
using namespace sidespan::test;
using sidespan::DropReason;
using sidespan::testing::recorded;

template <class Lock>
using ProbeRecorder = sidespan::Recorder<sidespan::ManualClock, ProbeSink, Lock>;

template <class Lock>
class RecorderLifecycle : public ::testing::Test {};
TYPED_TEST_SUITE(RecorderLifecycle, AllLocks, LockNames);

template <class Recorder>
void expectQuietLife() {
    const auto threads = countThreads();
    const auto files = countFileDescriptors();
    const auto entropy = countEntropyCalls();
    {
        Recorder recorder(granted());
        EXPECT_EQ(countThreads(), threads);
        EXPECT_EQ(countFileDescriptors(), files);
        EXPECT_TRUE(recorder.flush(patience));
        EXPECT_EQ(recorder.stats(), sidespan::Stats());
    }
    EXPECT_EQ(countThreads(), threads);
    EXPECT_EQ(countFileDescriptors(), files);
    EXPECT_EQ(countEntropyCalls(), entropy);
}

TYPED_TEST(RecorderLifecycle, ComesAndGoesWithoutThreadFileOrRandomnessWhenNothingIsRecorded) {
    expectQuietLife<MemoryRecorder<TypeParam>>();
    expectQuietLife<sidespan::Recorder<sidespan::SteadyClock, sidespan::MemorySink, TypeParam>>();
    expectQuietLife<sidespan::Recorder<sidespan::TscClock, sidespan::MemorySink, TypeParam>>();
}

// The thread that grants consent while a lane is open, opens a lane, or records first.
TYPED_TEST(RecorderLifecycle, HasTheSinkPreparedOnceBeforeItStartsByWhoeverLetsRecordingBegin) {
    using Recorder = ProbeRecorder<TypeParam>;
    using Begin = void (*)(Recorder&, sidespan::Consent&);
    const Begin grant = [](Recorder& recorder, sidespan::Consent& consent) {
        const auto lane = recorder.openLane({.sampleRate = 48000});
        consent.set(sidespan::Consent::granted);
    };
    const Begin open = [](Recorder& recorder, sidespan::Consent& consent) {
        consent.set(sidespan::Consent::granted);
        const auto lane = recorder.openLane({.sampleRate = 48000});
    };
    const Begin record = [](Recorder& recorder, sidespan::Consent& consent) {
        consent.set(sidespan::Consent::granted);
        auto span = recorder.span("first");
    };
    for (const auto begin : {grant, open, record}) {
        auto config = granted();
        config.consent.set(sidespan::Consent::unknown);
        sidespan::Consent consent = config.consent;
        Recorder recorder(config);
        std::vector<std::thread::id> preparedOn;
        recorder.sink().onPrepare = [&] {
            EXPECT_EQ(recorder.sink().starts, 0);
            preparedOn.push_back(std::this_thread::get_id());
        };
        begin(recorder, consent);
        { auto another = recorder.span("another"); }
        consent.set(sidespan::Consent::denied);
        begin(recorder, consent);
        EXPECT_TRUE(recorder.flush(patience));
        EXPECT_EQ(recorder.sink().starts, 1);
        EXPECT_EQ(preparedOn, std::vector{std::this_thread::get_id()});
    }
}

TYPED_TEST(RecorderLifecycle, DrawsRandomnessOnceWithTheFirstSpan) {
    MemoryRecorder<TypeParam> recorder(granted());
    const auto before = countEntropyCalls();
    { auto span = recorder.span("a"); }
    EXPECT_EQ(countEntropyCalls(), before + 1);
    for (int i = 0; i < 10; ++i) auto span = recorder.openSpan("b");
    EXPECT_EQ(countEntropyCalls(), before + 1);
}

TYPED_TEST(RecorderLifecycle, HasADrainThreadOnlyWhereThereAreLocksAndLeavesNone) {
    std::thread([] {}).join();  // ThreadSanitizer starts a thread of its own with the first
    const auto threads = countThreads();
    constexpr std::size_t own = std::is_same_v<TypeParam, sidespan::NullLock> ? 0 : 1;
    {
        MemoryRecorder<TypeParam> recorder(granted());
        { auto span = recorder.span("a"); }
        EXPECT_EQ(countThreads(), threads + own);
        EXPECT_EQ(recorded(recorder).size(), 1U);
        EXPECT_EQ(countThreads(), threads + own);
    }
    EXPECT_TRUE(threadsBecome(threads));
}

TYPED_TEST(RecorderLifecycle, StartsTheSinkOnceAndBeforeItsFirstBatch) {
    ProbeRecorder<TypeParam> recorder(granted());
    EXPECT_EQ(recorder.sink().starts, 0);
    bool isStarted = false;
    recorder.sink().onConsume = [&](const auto&) { isStarted = recorder.sink().starts == 1; };
    { auto span = recorder.span("a"); }
    EXPECT_TRUE(recorder.flush(patience));
    EXPECT_TRUE(recorder.flush(std::chrono::nanoseconds::max()));
    EXPECT_TRUE(isStarted);
    EXPECT_EQ(recorder.sink().starts, 1);
    EXPECT_EQ(recorder.sink().flushes, 2);
}

TYPED_TEST(RecorderLifecycle, LetsTheSinksErrorHandlerRecord) {
    auto config = granted();
    std::unique_ptr<ProbeRecorder<TypeParam>> recorder;
    config.onError = [&](const sidespan::Error&) { auto span = recorder->span("telemetry failed"); };
    recorder = std::make_unique<ProbeRecorder<TypeParam>>(config);
    recorder->sink().onStart = [&] { recorder->sink().report({sidespan::ErrorCode::io, "no disk"}); };
    { auto span = recorder->span("a"); }
    EXPECT_TRUE(recorder->flush(patience));
    EXPECT_TRUE(recorder->shutdown(patience));
    EXPECT_EQ(recorder->stats().recorded, 2U);
    EXPECT_EQ(recorder->stats().delivered, 2U);
}

TYPED_TEST(RecorderLifecycle, TellsWhatTheSinkSaysOfAFlush) {
    ProbeRecorder<TypeParam> recorder(granted());
    recorder.sink().onFlush = [](auto) { return false; };
    EXPECT_TRUE(recorder.flush(patience)) << "nothing was recorded yet";
    { auto span = recorder.span("a"); }
    EXPECT_FALSE(recorder.flush(patience));
    EXPECT_EQ(recorder.sink().received, 1U);
}

TYPED_TEST(RecorderLifecycle, GivesTheSinkTheDeadlinesItWasGiven) {
    ProbeRecorder<TypeParam> recorder(granted());
    sidespan::Deadline flushBy{};
    sidespan::Deadline stopBy{};
    recorder.sink().onFlush = [&](sidespan::Deadline by) {
        flushBy = by;
        return true;
    };
    recorder.sink().onShutdown = [&](sidespan::Deadline by) {
        stopBy = by;
        return true;
    };
    { auto span = recorder.span("a"); }
    const auto before = std::chrono::steady_clock::now();
    EXPECT_TRUE(recorder.flush(100s));
    EXPECT_TRUE(recorder.shutdown(200s));
    const auto after = std::chrono::steady_clock::now();
    EXPECT_GE(flushBy, before + 100s);
    EXPECT_LE(flushBy, after + 100s);
    EXPECT_GE(stopBy, before + 200s);
    EXPECT_LE(stopBy, after + 200s);
}

TYPED_TEST(RecorderLifecycle, RefusesAFlushFromItsOwnErrorHandler) {
    auto config = granted();
    std::unique_ptr<ProbeRecorder<TypeParam>> recorder;
    int refused = 0;
    config.onError = [&](const sidespan::Error&) { refused += recorder->flush(patience) ? 0 : 1; };
    recorder = std::make_unique<ProbeRecorder<TypeParam>>(config);
    recorder->sink().onConsume = [&](const auto&) {
        recorder->sink().report({sidespan::ErrorCode::network, "down"});
    };
    { auto span = recorder->span("a"); }
    EXPECT_TRUE(recorder->flush(patience));
    EXPECT_EQ(refused, 1);
    EXPECT_EQ(recorder->sink().received, 1U);
}

TYPED_TEST(RecorderLifecycle, ShutsDownOnceAndSaysTheSameAgain) {
    ProbeRecorder<TypeParam> recorder(granted());
    recorder.sink().onShutdown = [](auto) { return false; };
    { auto span = recorder.span("a"); }
    EXPECT_FALSE(recorder.shutdown(patience));
    EXPECT_FALSE(recorder.shutdown(patience));
    EXPECT_FALSE(recorder.flush(patience));
    EXPECT_EQ(recorder.sink().shutdowns, 1);
    EXPECT_EQ(recorder.sink().received, 1U);
}

TYPED_TEST(RecorderLifecycle, ShutsTheSinkDownOnceWhenItGoesAfterAShutdown) {
    int shutdowns = 0;
    {
        ProbeRecorder<TypeParam> recorder(granted());
        recorder.sink().onShutdown = [&](auto) { return ++shutdowns == 1; };
        { auto span = recorder.span("a"); }
        EXPECT_TRUE(recorder.shutdown(patience));
    }
    EXPECT_EQ(shutdowns, 1);
}

TYPED_TEST(RecorderLifecycle, DeliversWhatIsLeftWhenItGoes) {
    std::uint64_t received = 0;
    {
        ProbeRecorder<TypeParam> recorder(granted());
        recorder.sink().onConsume = [&](const sidespan::SpanBatch& batch) { received += batch.size(); };
        for (int i = 0; i < 50; ++i) auto span = recorder.span("a");
    }
    EXPECT_EQ(received, 50U);
}

TYPED_TEST(RecorderLifecycle, RecordsNothingAfterShutdownAndCountsWhatEndsLate) {
    MemoryRecorder<TypeParam> recorder(granted());
    auto open = recorder.openSpan("open");
    {
        auto scoped = recorder.span("scoped");
        EXPECT_TRUE(recorder.shutdown(patience));
        EXPECT_FALSE(recorder.span("late").isRecording());
        EXPECT_FALSE(recorder.openSpan("late").isRecording());
    }
    open.end();
    const auto stats = recorder.stats();
    EXPECT_EQ(stats.recorded, 2U);
    EXPECT_EQ(stats.dropped[DropReason::shutdown], 2U);
    EXPECT_TRUE(stats.isConserved());
    recorder.consent().set(sidespan::Consent::denied);
    recorder.consent().set(sidespan::Consent::granted);
    EXPECT_FALSE(recorder.span("later").isRecording());
}

template <class Lock>
class RecorderLifecycleOfThreads : public ::testing::Test {};
TYPED_TEST_SUITE(RecorderLifecycleOfThreads, ThreadedLocks, LockNames);

TYPED_TEST(RecorderLifecycleOfThreads, ReturnsFromAFlushByItsDeadline) {
    Moment isReleased;
    ProbeRecorder<TypeParam> recorder(granted());
    recorder.sink().onFlush = [&](auto) { return isReleased.waitFor(patience); };
    { auto span = recorder.span("a"); }
    EXPECT_FALSE(recorder.flush(1ms));
    isReleased.come();
    EXPECT_TRUE(recorder.flush(patience));
}

TYPED_TEST(RecorderLifecycleOfThreads, ShutsDownOnceForSeveralThreadsAtATime) {
    ProbeRecorder<TypeParam> recorder(granted());
    { auto span = recorder.span("a"); }
    Latch allThere(4);
    std::atomic<int> good{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            allThere.arriveAndWait();
            good += recorder.shutdown(patience) ? 1 : 0;
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(good, 4);
    EXPECT_EQ(recorder.sink().shutdowns, 1);
}

TYPED_TEST(RecorderLifecycleOfThreads, FlushesAndShutsDownAtATimeWithoutHarm) {
    for (int round = 0; round < 20; ++round) {
        MemoryRecorder<TypeParam> recorder(granted());
        { auto span = recorder.span("a"); }
        Latch allThere(3);
        std::thread flusher([&] {
            allThere.arriveAndWait();
            static_cast<void>(recorder.flush(patience));
        });
        std::thread stopper([&] {
            allThere.arriveAndWait();
            EXPECT_TRUE(recorder.shutdown(patience));
        });
        allThere.arriveAndWait();
        EXPECT_TRUE(recorder.shutdown(patience));
        flusher.join();
        stopper.join();
        EXPECT_EQ(recorder.stats().delivered, 1U);
    }
}

TYPED_TEST(RecorderLifecycleOfThreads, GoesWhileAnotherThreadIsInsideFlush) {
    Moment isInside;
    Moment isReleased;
    auto recorder = std::make_unique<ProbeRecorder<TypeParam>>(granted());
    recorder->sink().onFlush = [&](auto) {
        isInside.come();
        return isReleased.waitFor(patience);
    };
    { auto span = recorder->span("a"); }
    std::thread flusher([&recorder = *recorder] { static_cast<void>(recorder.flush(patience)); });
    ASSERT_TRUE(isInside.waitFor(patience));
    std::thread destroyer([&] { recorder.reset(); });
    isReleased.come();
    destroyer.join();
    flusher.join();
}

TYPED_TEST(RecorderLifecycleOfThreads, GivesEveryFlushAtATimeAnAnswer) {
    ProbeRecorder<TypeParam> recorder(granted());
    std::vector<std::thread> threads;
    std::atomic<int> good{0};
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int k = 0; k < 50; ++k) {
                { auto span = recorder.span("a"); }
                good += recorder.flush(patience) ? 1 : 0;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(good, 200);
    EXPECT_EQ(recorder.sink().received, 200U);
}

}
