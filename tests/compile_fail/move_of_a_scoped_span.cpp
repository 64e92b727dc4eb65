// expect-first-gcc: use of deleted function .*UseOpenSpanForASpanThatMoves
// expect-first-clang: a ScopedSpan does not move: begin the span by openSpan\(\), or pass its context\(\)
#include <mutex>
#include <utility>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>

using Recorder = sidespan::Recorder<sidespan::SteadyClock, sidespan::MemorySink, std::mutex>;

void record(Recorder& recorder) {
    auto span = recorder.span("audio.encode");
    auto moved = std::move(span);
}
