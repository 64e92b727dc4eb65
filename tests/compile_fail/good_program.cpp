// The right way beside every bad program of this folder: it compiles.
#include <chrono>
#include <mutex>
#include <string>
#include <utility>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_file/file_sink.h>
#include <sidespan/sink_memory/memory_sink.h>
#include <sidespan/sink_null/null_sink.h>

using Recorder = sidespan::Recorder<sidespan::SteadyClock, sidespan::MemorySink, std::mutex>;
using NullRecorder = sidespan::Recorder<sidespan::SteadyClock, sidespan::NullSink, std::mutex>;
using FileRecorder = sidespan::Recorder<sidespan::SteadyClock, sidespan::FileSink<>, std::mutex>;

template <class R>
void record(R& recorder, const std::string& codec) {
    auto span = recorder.span("audio.encode, of 255 characters at most: !#$%&'()*+-./0:;<=>?@[]^_`{|}~");
    span.set("codec", codec);
    span.set("size", [] { return 42; });
    span.event("retry", sidespan::attr("attempt", 3));
    auto child = span.child("chunk");
    child.link(span.context());
    child.setStatus(sidespan::SpanStatus::error, codec);
    auto chosen = recorder.span(codec.empty() ? sidespan::Literal("none") : sidespan::Literal("some"));
    auto open = recorder.openSpan("network.post");
    auto moved = std::move(open);
    const auto handle = recorder.startSpan("by handle");
    recorder.addAttribute(handle, "codec", codec);
    recorder.endSpan(handle);
    auto lane = recorder.openLane();
    auto block = lane.block(64);
    auto filter = block.child("dsp.filter");
    filter.set("cutoff", 440.0F);
    filter.set("isOn", true);
    filter.event("knob", sidespan::attr("value", 7U));
    recorder.flush(std::chrono::seconds(1));
}

template void record(Recorder&, const std::string&);
template void record(NullRecorder&, const std::string&);
template void record(FileRecorder&, const std::string&);
