#include "failing_memory.h"
#include "support/patience.h"

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

#include <gtest/gtest.h>
#include <sidespan/clock/steady_clock.h>
#include <sidespan/detail/drain/recorder_errors.h>
#include <sidespan/lock/null_lock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>

namespace {

using namespace std::chrono_literals;
using sidespan::Consent;
using sidespan::test::FailingMemory;
using sidespan::test::patience;

template <class Lock>
using Recorder = sidespan::Recorder<sidespan::SteadyClock, sidespan::MemorySink, Lock>;

template <class Lock>
class RecorderMemory : public ::testing::Test {
protected:
    static sidespan::Config config() {
        sidespan::Config config;
        config.consent = Consent::granted;
        config.queue.capacityBytes = 64 * 1024;
        config.queue.drainInterval = 10s;
        config.sampler = sidespan::Sampler::probability(1);  // its threshold is written while draining
        config.onError = [](const sidespan::Error& error) { EXPECT_FALSE(error.message.empty()); };
        return config;
    }

    /// Records, drains and shuts down, on every way there is. Returns how many spans were begun.
    static std::uint64_t run(Recorder<Lock>& recorder) {
        std::uint64_t begun = 0;
        const auto record = [&](const auto& span) { begun += span.isRecording() ? 1 : 0; };
        for (int round = 0; round < 2; ++round) {
            {
                auto span = recorder.span("scoped");
                span.set("key", "value");
                record(span);
                auto child = span.child("child");
                record(child);
                auto open = recorder.openSpan("open", span);
                record(open);
            }
            auto lane = recorder.openLane({.sampleRate = 48'000, .keepOneIn = 1});
            for (int i = 0; i < 3; ++i) {
                auto block = lane.block(480);
                record(block);
                auto filter = block.child("dsp.filter");
                record(filter);
                filter.set("cutoff", 440.0);
                filter.event("clipped", sidespan::attr("samples", 2));
            }
            lane.close();
            recorder.flush(patience);
        }
        return begun;
    }

    /// The run with the nth allocation failing; false when it asked for fewer.
    static bool fails(std::uint64_t nth, std::uint64_t count) {
        SCOPED_TRACE(nth);
        Recorder<Lock> recorder(config());
        std::uint64_t begun = 0;
        bool hasFailed = false;
        {
            const FailingMemory memory(nth, count);
            begun = run(recorder);
            recorder.shutdown(patience);
            hasFailed = memory.hasFailed();
        }
        const auto stats = recorder.stats();
        EXPECT_TRUE(stats.isConserved());
        EXPECT_GE(stats.recorded, begun);
        EXPECT_EQ(recorder.sink().spans().size(), stats.delivered);
        return hasFailed;
    }
};

using Locks = ::testing::Types<std::mutex, sidespan::NullLock>;
TYPED_TEST_SUITE(RecorderMemory, Locks);

TYPED_TEST(RecorderMemory, MayBeShortAtAnyAllocation) {
    std::uint64_t nth = 1;
    while (nth < 1000 && TestFixture::fails(nth, FailingMemory::once)) ++nth;
    EXPECT_GT(nth, 10U);
    EXPECT_LT(nth, 1000U);
}

TYPED_TEST(RecorderMemory, MayBeGoneFromAnyAllocationOn) {
    std::uint64_t nth = 1;
    while (nth < 1000 && TestFixture::fails(nth, FailingMemory::fromThenOn)) ++nth;
    EXPECT_GT(nth, 10U);
    EXPECT_LT(nth, 1000U);
}

// Told by openLane(), where the kernel lets no program read its clock.
TEST(RecorderErrors, TellOfASlowClockWithoutAnyAllocation) {
    std::string message;
    {
        const FailingMemory memory(1, FailingMemory::fromThenOn);
        message = sidespan::detail::slowClock().message;
    }
    EXPECT_EQ(message, "slow clock");
}

}
