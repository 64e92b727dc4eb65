#pragma once

#include <cstdint>
#include <string>

#include <benchmark/benchmark.h>
#include <sidespan/stats.h>

#include "support/allocation_count.h"
#include "support/opaque.h"

namespace sidespan::bench {

/// Spans recorded between two flushes: what a lane and a queue of default size hold without dropping.
inline constexpr benchmark::IterationCount chunkSpans = 2'000;

/// The values of the two attributes: texts that the compiler does not know.
struct Texts {
    std::string file{"loop.wav"};
    std::string codec{"flac-lossless"};

    Texts() {
        hide(file);
        hide(codec);
    }
};

/// Gives a span, on a lane or not, its two attributes.
template <class Span>
SIDESPAN_ALWAYS_INLINE void setTwo(Span& span, const Texts& texts) noexcept {
    span.set("file.name", texts.file);
    span.set("codec", texts.codec);
}

/// Measures `record()`, called `chunk` times in a row, and not `drain()`, called after each chunk. Time is
/// the processor's, of each thread.
template <class Record, class Drain>
void recordInChunks(benchmark::State& state, benchmark::IterationCount chunk, Record&& record,
                    Drain&& drain) {
    std::uint64_t made = 0;
    while (state.KeepRunningBatch(chunk)) {
        const std::uint64_t before = allocations();
        for (benchmark::IterationCount i = 0; i < chunk; ++i) record();
        made += allocations() - before;
        state.PauseTiming();
        drain();
        state.ResumeTiming();
    }
    if (isCounted)
        state.counters["allocations"] =
            benchmark::Counter(static_cast<double>(made), benchmark::Counter::kAvgIterations);
}

/// Fails the benchmark unless all `expected` spans were recorded and none was dropped.
inline void verify(benchmark::State& state, const Stats& stats, std::uint64_t expected) {
    if (const auto dropped = stats.dropped.total(); dropped != 0)
        return state.SkipWithError((std::to_string(dropped) + " spans were dropped").c_str());
    if (const auto seen = stats.recorded + stats.notKept; seen != expected) {
        const auto text = std::to_string(seen) + " spans seen, not " + std::to_string(expected);
        state.SkipWithError(text.c_str());
    }
}

}
