// LTTng-UST has events, not spans; a span is two of them, as it is two clock reads.
#include <cstdint>
#include <string>

#include <benchmark/benchmark.h>

#include "lttng_provider.h"
#include "peers.h"
#include "support/recording_loop.h"

namespace sidespan::bench {
namespace {

void lttngSpan(benchmark::State& state) {
    const Texts texts;
    std::uint64_t id = 0;
    const auto record = [&] {
        ++id;
        lttng_ust_tracepoint(sidespan_bench, span_begin, "audio.upload", id);
        lttng_ust_tracepoint(sidespan_bench, span_end, id, texts.file.c_str(), texts.codec.c_str());
    };
    recordInChunks(state, chunkSpans, record, [] {});
}

void lttngEvent(benchmark::State& state) {
    const Texts texts;
    std::uint64_t id = 0;
    const auto record = [&] {
        lttng_ust_tracepoint(sidespan_bench, span_end, ++id, texts.file.c_str(), texts.codec.c_str());
    };
    recordInChunks(state, chunkSpans, record, [] {});
}

}

// The library waits at program start until the session daemon, if there is one, has switched events on.
std::string registerLttng() {
    if (!lttng_ust_tracepoint_enabled(sidespan_bench, span_begin) ||
        !lttng_ust_tracepoint_enabled(sidespan_bench, span_end))
        return "absent: no session records the events sidespan_bench:*";
    benchmark::RegisterBenchmark("LttngUst/span/attrs:2", lttngSpan);
    benchmark::RegisterBenchmark("LttngUst/event/attrs:2", lttngEvent);
    return "recorded into an overwriting ring buffer";
}

}
