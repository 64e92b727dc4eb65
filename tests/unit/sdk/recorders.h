#pragma once

#include <mutex>
#include <string>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan/clock/manual_clock.h>
#include <sidespan/lock/null_lock.h>
#include <sidespan/lock/spin_lock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>
#include <sidespan/sink_memory/testing.h>

#include "../../support/patience.h"
#include "../../support/sanitizers.h"

/// Recorders as most tests want them: time stands still, finished spans stay in memory.
namespace sidespan::test {

using testing::hasName;
using testing::only;
using testing::recorded;

template <class Lock>
using MemoryRecorder = Recorder<ManualClock, MemorySink, Lock>;

using AllLocks = ::testing::Types<std::mutex, SpinLock, NullLock>;
using ThreadedLocks = ::testing::Types<std::mutex, SpinLock>;

struct LockNames {
    template <class Lock>
    static std::string GetName(int) {
        if (std::is_same_v<Lock, std::mutex>) return "Mutex";
        return std::is_same_v<Lock, SpinLock> ? "SpinLock" : "NullLock";
    }
};

/// The one span of a recorder that has recorded no other.
template <class Recorder>
Span onlyRecorded(Recorder& recorder) {
    const auto spans = recorded(recorder);
    EXPECT_EQ(spans.size(), 1U);
    return spans.empty() ? Span() : spans.front();
}

inline Config granted() {
    Config config;
    config.service = {"LoopShare", "1.2.0"};
    config.consent = Consent::granted;
    return config;
}

/// The smallest queue there may be: 8 KiB for each of 8 shards; and a drain thread that comes when it is
/// asked.
inline Config grantedWithSmallQueue() {
    Config config = granted();
    config.queue.capacityBytes = 64 * 1024;
    config.queue.drainInterval = std::chrono::seconds(10);
    return config;
}

}
