// expect: UseOpenSpanForASpanThatMoves
// expect: deleted
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
