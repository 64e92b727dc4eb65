#pragma once

#include <chrono>
#include <cstdint>

#include <benchmark/benchmark.h>
#include <sidespan/lock/spin_lock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>

#include "support/recording_loop.h"

namespace sidespan::bench {

/// A recorder with a lane, its drain thread running, and what is done between two chunks.
template <class Clock>
class LaneStage {
    using LaneRecorder = Recorder<Clock, MemorySink, SpinLock>;

public:
    explicit LaneStage(const LaneOptions& options, Sampler sampler = {})
        : options_(options),
          recorder_({.consent = Consent::granted, .sampler = sampler}),
          lane_(recorder_.openLane(options_)) {}

    [[nodiscard]] typename LaneRecorder::Lane& lane() noexcept { return lane_; }

    void drain() {
        hasStalled_ |= !recorder_.flush(std::chrono::seconds(10));
        recorder_.sink().clear();
    }

    /// The same with a new lane, whose tokens for kept blocks have not been spent.
    void drainAndReopen() {
        drain();
        lane_ = recorder_.openLane(options_);
    }

    void verify(benchmark::State& state, std::uint64_t expected) {
        if (hasStalled_) return state.SkipWithError("a flush took more than ten seconds");
        bench::verify(state, recorder_.stats(), expected);
    }
    [[nodiscard]] Stats stats() { return recorder_.stats(); }

private:
    LaneOptions options_;
    LaneRecorder recorder_;
    typename LaneRecorder::Lane lane_;
    bool hasStalled_ = false;
};

}
