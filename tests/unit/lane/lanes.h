#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan/clock/manual_clock.h>
#include <sidespan/lock/null_lock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>
#include <sidespan/sink_memory/testing.h>

#include "../../support/patience.h"

/// Recorders with lanes as most tests want them: time stands still, and the ring is drained when a test says
/// so.
namespace sidespan::test {

using testing::hasName;
using testing::only;
using testing::recorded;

/// Everything on one thread: `flush()` drains.
using SoloRecorder = Recorder<ManualClock, MemorySink, NullLock>;
using ThreadedRecorder = Recorder<ManualClock, MemorySink, std::mutex>;

/// The smallest ring there may be.
inline constexpr std::size_t leastCapacity = std::size_t{16} << 10U;

inline Config laneConfig(Consent consent = Consent::granted) {
    Config config;
    config.service = {"LoopShare", "1.2.0"};
    config.consent = std::move(consent);
    config.queue.drainInterval = std::chrono::seconds(10);  // the drain thread comes when it is asked
    return config;
}

/// A lane without blocks.
inline LaneOptions smallLane() {
    LaneOptions options;
    options.capacityBytes = leastCapacity;
    return options;
}

/// A lane whose blocks of 480 samples have 10 ms, and which keeps none of them.
inline LaneOptions quietLane() {
    LaneOptions options;
    options.sampleRate = 48'000;
    options.keepOverLoad = 1e6;
    options.summaryInterval = {};
    return options;
}

inline constexpr int tenMillis = 480;

/// Records outermost spans named "filler" until the lane has no room for one more, and counts those that fit.
/// The lane belongs to `recorder` and holds nothing yet.
template <class AnyRecorder>
std::uint64_t fill(AnyRecorder& recorder, typename AnyRecorder::Lane& lane) {
    std::uint64_t begun = 0;
    while (recorder.stats().dropped[DropReason::laneFull] == 0 && begun < 1'000'000) {
        auto filler = lane.span("filler");
        ++begun;
    }
    return begun - 1;
}

inline std::size_t countNamed(const std::vector<Span>& spans, std::string_view name) {
    return static_cast<std::size_t>(
        std::count_if(spans.begin(), spans.end(), [&](const Span& span) { return span.name == name; }));
}

/// A recorder with one lane, and the spans that it recorded.
class LaneTest : public ::testing::Test {
protected:
    [[nodiscard]] std::vector<Span> spans() { return recorded(recorder); }
    [[nodiscard]] Span span(std::string name) { return only(spans(), hasName(std::move(name))); }

    SoloRecorder recorder{laneConfig()};
    SoloRecorder::Lane lane = recorder.openLane();
};

}
