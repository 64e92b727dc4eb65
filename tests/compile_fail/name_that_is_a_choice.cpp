// expect-first: a name or key must be a string literal: text that varies belongs in a value, and a choice is
// written expect: condition \? Literal
#include <mutex>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>

using Recorder = sidespan::Recorder<sidespan::SteadyClock, sidespan::MemorySink, std::mutex>;

void record(Recorder& recorder, bool isFlac) {
    auto span = recorder.span(isFlac ? "encode.flac" : "encode.wav");
}
