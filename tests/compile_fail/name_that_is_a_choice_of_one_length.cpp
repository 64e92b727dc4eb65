// expect-first-clang: must be a string literal: .*, and a choice is written condition \? Literal
// expect-first-gcc: 'isFlac' is not a constant expression|call to consteval function .*Literal

// g++ evaluates the argument before anything of the constructor, and names the condition alone.

#include <mutex>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>

using Recorder = sidespan::Recorder<sidespan::SteadyClock, sidespan::MemorySink, std::mutex>;

void record(Recorder& recorder, bool isFlac) {
    auto span = recorder.span(isFlac ? "encode.mp3" : "encode.wav");
}
