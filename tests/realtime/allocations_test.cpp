#include "interposed_calls.h"
#include "lane_work.h"

#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <new>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <sidespan/clock/steady_clock.h>
#include <sidespan/lock/spin_lock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>

namespace sidespan::test {

void PrintTo(const CallCounts& counts, std::ostream* out) {
    *out << counts.allocations << " allocations, " << counts.releases << " releases, " << counts.locks
         << " lock calls, " << counts.conditions << " condition calls";
}

}

namespace {

using namespace sidespan::test;
using sidespan::DropReason;

template <class Lock>
using AnyRecorder = sidespan::Recorder<sidespan::SteadyClock, sidespan::MemorySink, Lock>;

// The controls come first: what is not counted proves nothing.

TEST(InterposedCalls, CountAllocationsOfEveryKind) {
    const auto counts = callsWithin([] {
        void* volatile storage = std::malloc(10);
        storage = std::realloc(storage, 20);
        std::free(storage);
        storage = std::calloc(2, 10);
        std::free(storage);
        storage = ::aligned_alloc(64, 64);
        std::free(storage);
        storage = ::operator new(10);
        ::operator delete(storage);
        storage = ::operator new(64, std::align_val_t(64));
        ::operator delete(storage, std::align_val_t(64));
    });
    EXPECT_EQ(counts, (CallCounts{.allocations = 6, .releases = 5}));
}

TEST(InterposedCalls, CountAllocationsWithinTheStandardLibrary) {
    volatile std::size_t size = 100;
    EXPECT_EQ(callsWithin([&] { const std::string text(size, 'x'); }),
              (CallCounts{.allocations = 1, .releases = 1}));
}

TEST(InterposedCalls, CountLocksAndConditions) {
    std::mutex mutex;
    std::condition_variable condition;
    EXPECT_EQ(callsWithin([&] { const std::lock_guard guard(mutex); }), (CallCounts{.locks = 2}));
    EXPECT_EQ(callsWithin([&] { static_cast<void>(mutex.try_lock() && (mutex.unlock(), true)); }),
              (CallCounts{.locks = 2}));
    EXPECT_EQ(callsWithin([&] {
                  condition.notify_one();
                  condition.notify_all();
              }),
              (CallCounts{.conditions = 2}));
    EXPECT_EQ(callsWithin([&] {
                  std::unique_lock lock(mutex);
                  condition.wait_for(lock, std::chrono::nanoseconds(1));
              }),
              (CallCounts{.locks = 2, .conditions = 1}));
}

TEST(InterposedCalls, AreCountedForEachThreadAlone) {
    EXPECT_EQ(callsWithin([] {}), CallCounts());
    CallCounts others;
    std::thread other([&] {
        others = callsWithin([] {
            void* volatile storage = std::malloc(1);
            std::free(storage);
        });
    });
    other.join();
    EXPECT_EQ(others.allocations, 1U);
}

TEST(LaneCalls, NeitherAllocateNorLockWhateverIsRecorded) {
    AnyRecorder<std::mutex> recorder(busyConfig());
    auto lane = recorder.openLane(workOptions(std::size_t{16} << 10U));
    constexpr std::uint64_t turns = 50'000;
    CallCounts counts{.allocations = 1};
    std::thread audio([&] {
        counts = callsWithin([&] {
            for (std::uint64_t turn = 0; turn < turns; ++turn) workTurn(lane, turn);
        });
    });
    audio.join();
    EXPECT_EQ(counts, CallCounts());
    EXPECT_TRUE(recorder.flush(patience));
    const auto stats = recorder.stats();
    EXPECT_EQ(stats.recorded + stats.notKept, turns * spansPerTurn);
    EXPECT_GT(stats.dropped[DropReason::laneFull], 0U);
    EXPECT_GT(stats.delivered, 0U);
}

TEST(LaneCalls, NeitherAllocateNorLockWithoutConsent) {
    auto config = busyConfig();
    config.consent = sidespan::Consent();
    AnyRecorder<std::mutex> recorder(config);
    auto lane = recorder.openLane(workOptions(std::size_t{16} << 10U));
    EXPECT_EQ(callsWithin([&] {
                  for (std::uint64_t turn = 0; turn < 100; ++turn) workTurn(lane, turn);
              }),
              CallCounts());
}

TEST(LaneCalls, NeitherAllocateNorLockWhateverTheSamplerDecides) {
    for (const auto sampler : samplersThatLeaveSomeOut()) {
        auto config = busyConfig();
        config.sampler = sampler;
        AnyRecorder<std::mutex> recorder(config);
        auto lane = recorder.openLane(workOptions(std::size_t{1} << 20U));
        EXPECT_EQ(callsWithin([&] {
                      for (std::uint64_t turn = 0; turn < 1'000; ++turn) workTurn(lane, turn);
                  }),
                  CallCounts());
        EXPECT_GT(recorder.stats().notSampled, 0U);
    }
}

template <class Lock>
class GeneralPathCalls : public ::testing::Test {
protected:
    // Allocations of `turns` times `work`, after as many to get into the steady state.
    template <class Work>
    CallCounts steadyCallsOf(Work work) {
        constexpr int turns = 2'000;
        for (int turn = 0; turn < turns; ++turn) work();
        return callsWithin([&] {
            for (int turn = 0; turn < turns; ++turn) work();
        });
    }

    AnyRecorder<Lock> recorder{busyConfig()};
};
using Locks = ::testing::Types<std::mutex, sidespan::SpinLock>;
struct LockNames {
    template <class Lock>
    static std::string GetName(int) {
        return std::is_same_v<Lock, std::mutex> ? "Mutex" : "SpinLock";
    }
};
TYPED_TEST_SUITE(GeneralPathCalls, Locks, LockNames);

TYPED_TEST(GeneralPathCalls, OfScopedSpansDoNotAllocate) {
    const auto counts = this->steadyCallsOf([this] {
        auto span = this->recorder.span("upload");
        span.set("file.name", "loop.wav");
        span.set("size", 12);
        auto child = span.child("encode");
        child.event("begun", sidespan::attr("attempt", 1));
        child.setStatus(sidespan::SpanStatus::error, "full");
        child.set("peaks", {0.5, 0.25});
        child.set("names", {"left", "right"});
        child.link(span, sidespan::attr("position", 1));
        child.event("elsewhere", std::chrono::system_clock::time_point(), sidespan::attr("sizes", {1, 2}));
        child.updateName(sidespan::Name::copied("encode as flac"));
        child.setStartTime(std::chrono::system_clock::time_point());
        auto named = child.child([] { return std::string_view("named when it is recorded"); });
        static_cast<void>(child.context());
    });
    EXPECT_EQ(counts.allocations, 0U);
    EXPECT_EQ(counts.releases, 0U);
    EXPECT_GT(this->recorder.stats().recorded, 0U);
}

TYPED_TEST(GeneralPathCalls, OfSpansByHandleDoNotAllocate) {
    const auto counts = this->steadyCallsOf([this] {
        const auto span = this->recorder.startSpan("upload");
        this->recorder.addAttribute(span, "file.name", "loop.wav");
        this->recorder.recordEvent(span, "begun", sidespan::attr("attempt", 1));
        this->recorder.endSpan(this->recorder.startSpan(sidespan::Name::copied("named")));
        const auto child = this->recorder.startSpan("encode", this->recorder.contextOf(span));
        this->recorder.endSpan(child, sidespan::SpanStatus::error, "full");
        this->recorder.endSpan(span);
    });
    EXPECT_EQ(counts.allocations, 0U);
    EXPECT_EQ(counts.releases, 0U);
    EXPECT_GT(this->recorder.stats().recorded, 0U);
}

TYPED_TEST(GeneralPathCalls, OfSpansThatAreNotSampledDoNotAllocate) {
    for (const auto sampler : samplersThatLeaveSomeOut()) {
        auto config = busyConfig();
        config.sampler = sampler;
        AnyRecorder<TypeParam> sampled(config);
        const auto counts = this->steadyCallsOf([&] {
            auto span = sampled.span("upload");
            auto child = span.child("encode");
            child.set("size", 12);
            auto open = sampled.openSpan("send", child);
            auto inner = open.child(sidespan::Name::copied("retry"));
            sampled.endSpan(sampled.startSpan("by handle", inner));
            static_cast<void>(inner.context());
        });
        EXPECT_EQ(counts.allocations, 0U);
        EXPECT_EQ(counts.releases, 0U);
        EXPECT_GT(sampled.stats().notSampled, 0U);
    }
}

TYPED_TEST(GeneralPathCalls, OfOpenSpansDoNotAllocate) {
    const auto counts = this->steadyCallsOf([this] {
        auto span = this->recorder.openSpan("upload");
        span.set("file.name", "loop.wav");
        auto moved = std::move(span);
        moved.event("begun");
    });
    EXPECT_EQ(counts.allocations, 0U);
    EXPECT_EQ(counts.releases, 0U);
    EXPECT_GT(this->recorder.stats().recorded, 0U);
}

TYPED_TEST(GeneralPathCalls, WithoutRoomDoNotAllocate) {
    auto config = busyConfig();
    config.queue.capacityBytes = 64 * 1024;
    config.queue.drainInterval = std::chrono::seconds(10);
    AnyRecorder<TypeParam> full(config);
    const std::string text(3'000, 'x');
    const auto counts = this->steadyCallsOf([&] {
        auto span = full.span("large");
        span.set("text", text);
        for (int i = 0; i < 50; ++i) span.event("tick", sidespan::attr("i", i));
    });
    EXPECT_GT(full.stats().dropped[DropReason::queueFull], 0U);
    EXPECT_EQ(counts.allocations, 0U);
    EXPECT_EQ(counts.releases, 0U);
}

}
