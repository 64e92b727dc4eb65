#include "lane_work.h"

#include <sys/mman.h>
#include <sys/resource.h>

#include <cstddef>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>
#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>

namespace {

using namespace sidespan::test;
using sidespan::DropReason;

long pageFaultsOfThisThread() {
    rusage usage{};
    EXPECT_EQ(::getrusage(RUSAGE_THREAD, &usage), 0);
    return usage.ru_minflt + usage.ru_majflt;
}

using LaneRecorder = sidespan::Recorder<sidespan::SteadyClock, sidespan::MemorySink, std::mutex>;

sidespan::Config onDemand() {
    auto config = busyConfig();
    config.queue.drainInterval = std::chrono::seconds(10);
    return config;
}

// Page faults of this thread while it fills the lane's ring to overflowing, `laps` times. Drained in between.
long faultsOfLaps(LaneRecorder& recorder, LaneRecorder::Lane& lane, int laps) {
    std::uint64_t turn = 0;
    long faults = 0;
    for (int lap = 0; lap < laps; ++lap) {
        const auto dropped = recorder.stats().dropped[DropReason::laneFull];
        while (recorder.stats().dropped[DropReason::laneFull] == dropped) {
            const long before = pageFaultsOfThisThread();
            for (int i = 0; i < 100; ++i) workTurn(lane, turn++);
            faults += pageFaultsOfThisThread() - before;
        }
        EXPECT_TRUE(recorder.flush(patience));
        recorder.sink().clear();
    }
    return faults;
}

TEST(PageFaults, AreNotCausedByALaneOnceItIsOpen) {
    LaneRecorder recorder(onDemand());
    auto warming = recorder.openLane(workOptions(std::size_t{64} << 10U));
    auto lane = recorder.openLane(workOptions(std::size_t{1} << 20U));
    long faults = -1;
    std::thread audio([&] {
        static_cast<void>(faultsOfLaps(recorder, warming, 1));  // the program's own pages and the stack
        faults = faultsOfLaps(recorder, lane, 5);
    });
    audio.join();
    EXPECT_EQ(faults, 0);
    EXPECT_GT(recorder.stats().delivered, 10'000U);
}

TEST(PageFaults, OfMemoryThatNobodyTouchedAreCounted) {
    constexpr std::size_t size = std::size_t{1} << 20U;
    void* const pages = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(pages, MAP_FAILED);
    const long before = pageFaultsOfThisThread();
    for (std::size_t at = 0; at < size; at += 4096) static_cast<volatile char*>(pages)[at] = 1;
    EXPECT_GT(pageFaultsOfThisThread(), before);
    ::munmap(pages, size);
}

}
