// expect-first: an attribute's value is text, a number, a bool, an array of one of these or a callable .*:
// copy the elements of another container into a std::vector
#include <mutex>
#include <set>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>

using Recorder = sidespan::Recorder<sidespan::SteadyClock, sidespan::MemorySink, std::mutex>;

void record(Recorder& recorder, const std::set<float>& peaks) {
    auto span = recorder.span("audio.encode");
    span.set("peaks", peaks);
}
