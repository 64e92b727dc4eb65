// Spans and audio blocks on a lane of default size, beside a running drain thread.
#include <cstdint>
#include <string>

#include <benchmark/benchmark.h>

#include "support/bench_samplers.h"
#include "support/lane_stage.h"
#include "support/policy_names.h"
#include "support/recording_loop.h"

namespace sidespan::bench {
namespace {

using namespace std::chrono_literals;

// Without summaries, which would be counted among the spans.
const LaneOptions plainLane{.sampleRate = 48'000, .summaryInterval = 0ms};
const LaneOptions keepingLane{
    .sampleRate = 48'000, .keepOverLoad = 0, .maxKeptPerSecond = 1e6, .summaryInterval = 0ms};

constexpr int blockSamples = 512;

template <class Clock>
void laneSpan(benchmark::State& state, int attributes, Sampler sampler) {
    LaneStage<Clock> stage(plainLane, sampler);
    const Texts texts;
    const auto drain = [&] { stage.drain(); };
    if (attributes == 0) {
        recordInChunks(
            state, chunkSpans, [&] { auto span = stage.lane().span("audio.upload"); }, drain);
    } else {
        const auto record = [&] {
            auto span = stage.lane().span("audio.upload");
            setTwo(span, texts);
        };
        recordInChunks(state, chunkSpans, record, drain);
    }
    stage.verify(state, static_cast<std::uint64_t>(state.iterations()));
}

template <class Clock>
void blockRewound(benchmark::State& state) {
    LaneStage<Clock> stage(plainLane);
    recordInChunks(
        state, chunkSpans, [&] { auto block = stage.lane().block(blockSamples); }, [&] { stage.drain(); });
    stage.verify(state, static_cast<std::uint64_t>(state.iterations()));
}

// One after the other, each with two of the four attributes, as a plugin's processing steps are.
template <class Lane>
SIDESPAN_ALWAYS_INLINE void recordBlock(Lane& lane, const Texts& texts) noexcept {
    auto block = lane.block(blockSamples);
    {
        auto filter = block.child("dsp.filter");
        filter.set("cutoff", 440.0);
        filter.set("preset", texts.file);
    }
    auto reverb = block.child("dsp.reverb");
    reverb.set("voices", 16);
    reverb.set("room", texts.codec);
}

template <class Clock>
void blockWithChildren(benchmark::State& state, const LaneOptions& options, bool isKept) {
    constexpr benchmark::IterationCount chunk = chunkSpans / 4;
    constexpr int chunksPerLane = 1'000;  // half of what a lane has tokens for
    LaneStage<Clock> stage(options);
    const Texts texts;
    int chunks = 0;
    const auto drain = [&] {
        if (++chunks % chunksPerLane == 0) {
            stage.drainAndReopen();
        } else {
            stage.drain();
        }
    };
    recordInChunks(
        state, chunk, [&] { recordBlock(stage.lane(), texts); }, drain);
    stage.verify(state, 3 * static_cast<std::uint64_t>(state.iterations()));
    if (isKept && stage.stats().notKept != 0) state.SkipWithError("blocks were rewound that are to be kept");
}

template <class Clock>
bool registerLanes() {
    const std::string clock(nameOf<Clock>);
    for (const int attributes : {0, 2}) {
        const auto name = "LaneSpan/" + clock + "/attrs:" + std::to_string(attributes);
        benchmark::RegisterBenchmark(name.c_str(), laneSpan<Clock>, attributes, Sampler());
    }
    for (const auto& [label, sampler] : benchSamplers) {
        const auto name = "LaneSpan/" + clock + "/attrs:2/sampler:" + label;
        benchmark::RegisterBenchmark(name.c_str(), laneSpan<Clock>, 2, sampler);
    }
    benchmark::RegisterBenchmark(("LaneBlockRewound/" + clock).c_str(), blockRewound<Clock>);
    benchmark::RegisterBenchmark(("LaneBlockRewound/" + clock + "/children:2").c_str(),
                                 blockWithChildren<Clock>, plainLane, false);
    benchmark::RegisterBenchmark(("LaneBlockKept/" + clock).c_str(), blockWithChildren<Clock>, keepingLane,
                                 true);
    return true;
}

[[maybe_unused]] const bool isRegistered =
    registerLanes<SteadyClock>() && registerLanes<SystemClock>() && registerLanes<TscClock>();

}
}
