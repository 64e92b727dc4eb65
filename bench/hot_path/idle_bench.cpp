// What a plugin pays where nothing is recorded: before consent, and in a host that only looks at it.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <string>
#include <system_error>

#include <benchmark/benchmark.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_http/http_sink.h>

#include "support/policy_names.h"
#include "support/recording_loop.h"
#include "support/thread_count.h"

namespace sidespan::bench {
namespace {

using MemoryRecorder = Recorder<SteadyClock, MemorySink, SpinLock>;
using HttpRecorder = Recorder<SteadyClock, HttpSink, std::mutex>;

void spanNotGranted(benchmark::State& state) {
    MemoryRecorder recorder{Config{}};
    const Texts texts;
    const auto record = [&] {
        auto span = recorder.span("audio.upload");
        setTwo(span, texts);
    };
    recordInChunks(state, chunkSpans, record, [] {});
    verify(state, recorder.stats(), 0);
}

void laneSpanNotGranted(benchmark::State& state) {
    MemoryRecorder recorder{Config{}};
    auto lane = recorder.openLane();
    const Texts texts;
    const auto record = [&] {
        auto span = lane.span("audio.upload");
        setTwo(span, texts);
    };
    recordInChunks(state, chunkSpans, record, [] {});
    verify(state, recorder.stats(), 0);
}

std::size_t entries(const char* directory) {
    std::error_code ignored;
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(directory, ignored), {}));
}

// Threads are those it started from its construction to the end of its destruction.
template <class R>
void recorderConstruct(benchmark::State& state) {
    const Config config{.service = {"LoopShare", "1.2.0"}, .endpoint = "http://127.0.0.1:9"};
    const std::size_t descriptors = entries("/proc/self/fd");
    const std::uint64_t threads = threadsStarted();
    {
        const R recorder(config);
        state.counters["descriptors"] = static_cast<double>(entries("/proc/self/fd") - descriptors);
    }
    state.counters["threads_started"] = static_cast<double>(threadsStarted() - threads);
    for (auto _ : state) {
        R recorder(config);
        benchmark::DoNotOptimize(&recorder);
        benchmark::ClobberMemory();
    }
}

BENCHMARK(spanNotGranted)->Name("SpanNotGranted");
BENCHMARK(laneSpanNotGranted)->Name("SpanNotGranted/lane");
BENCHMARK(recorderConstruct<HttpRecorder>)->Name("RecorderConstruct");
BENCHMARK(recorderConstruct<MemoryRecorder>)->Name("RecorderConstruct/memory");

}
}
