// Our own spans and their floor, for the ratios to the peers in the same run.
#include <chrono>
#include <cstdint>
#include <string>

#include <benchmark/benchmark.h>
#include <sidespan/recorder.h>

#include "support/lane_stage.h"
#include "support/policy_names.h"
#include "support/recording_loop.h"

namespace sidespan::bench {
namespace {

void clockPair(benchmark::State& state) {
    const SteadyClock clock;
    const auto readTwice = [&] {
        need(clock.now());
        need(clock.now());
    };
    recordInChunks(state, chunkSpans, readTwice, [] {});
}

void laneSpan(benchmark::State& state) {
    LaneStage<SteadyClock> stage({.sampleRate = 48'000, .summaryInterval = std::chrono::milliseconds(0)});
    const Texts texts;
    const auto record = [&] {
        auto span = stage.lane().span("audio.upload");
        setTwo(span, texts);
    };
    recordInChunks(state, chunkSpans, record, [&] { stage.drain(); });
    stage.verify(state, static_cast<std::uint64_t>(state.iterations()));
}

template <class Clock>
void recordSpan(benchmark::State& state, bool hasEvent) {
    Recorder<Clock, MemorySink, SpinLock> recorder({.consent = Consent::granted});
    const Texts texts;
    const auto record = [&] {
        auto span = recorder.span("audio.upload");
        setTwo(span, texts);
        if (hasEvent) span.event("encoding_started");
    };
    const auto drain = [&] {
        if (!recorder.flush(std::chrono::seconds(10)))
            state.SkipWithError("a flush took more than ten seconds");
        recorder.sink().clear();
    };
    // Everything is allocated and started with the first span.
    record();
    drain();
    recordInChunks(state, chunkSpans, record, drain);
    verify(state, recorder.stats(), 1 + static_cast<std::uint64_t>(state.iterations()));
}

[[maybe_unused]] const bool isRegistered = [] {
    const std::string name = "RecordSpan/steady/memory/spin/threads:1";
    benchmark::RegisterBenchmark("ClockPair/steady", clockPair);
    benchmark::RegisterBenchmark("LaneSpan/steady/attrs:2", laneSpan);
    benchmark::RegisterBenchmark(name.c_str(), recordSpan<SteadyClock>, false);
    benchmark::RegisterBenchmark((name + "/events:1").c_str(), recordSpan<SteadyClock>, true);
    benchmark::RegisterBenchmark("RecordSpan/tsc/memory/spin/threads:1/events:1", recordSpan<TscClock>, true);
    return true;
}();

}
}
