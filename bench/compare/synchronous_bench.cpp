#include <cstddef>
#include <cstdint>
#include <string>

#include <benchmark/benchmark.h>

#include "peers.h"
#include "support/recording_loop.h"
#include "synchronous_design.h"

namespace sidespan::bench {
namespace {

struct Content {
    int attributes;
    bool hasEvent;
};

// One trace for all, as one operation of a plugin has; what it had no way to bound is cleared after each
// chunk.
void synchronousDesign(benchmark::State& state, Content content) {
    synchronous::TraceContext context;
    synchronous::SpanRecorder recorder;
    const Texts texts;
    std::size_t finished = 0;
    const auto record = [&] {
        const std::string span = recorder.startSpan("audio.upload", context);
        if (content.attributes == 2) {
            recorder.addAttribute(span, "file.name", texts.file);
            recorder.addAttribute(span, "codec", texts.codec);
        }
        if (content.hasEvent) recorder.recordEvent(span, "encoding_started");
        recorder.endSpan(span);
    };
    recordInChunks(state, chunkSpans, record, [&] {
        finished += recorder.finished();
        recorder.clear();
    });
    if (finished != static_cast<std::size_t>(state.iterations())) state.SkipWithError("spans are missing");
}

}

std::string registerSynchronous() {
    benchmark::RegisterBenchmark("SynchronousDesign/attrs:0", synchronousDesign, Content{0, false});
    benchmark::RegisterBenchmark("SynchronousDesign/attrs:2", synchronousDesign, Content{2, false});
    benchmark::RegisterBenchmark("SynchronousDesign/attrs:2/events:1", synchronousDesign, Content{2, true});
    return "rebuilt from its documentation, with libuuid";
}

}
