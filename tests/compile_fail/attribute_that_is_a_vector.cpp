// expect: an attribute's value is text, a number, a bool or a callable .*: set one attribute for each element
// of a container
#include <mutex>
#include <vector>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>

using Recorder = sidespan::Recorder<sidespan::SteadyClock, sidespan::MemorySink, std::mutex>;

void record(Recorder& recorder, const std::vector<float>& peaks) {
    auto span = recorder.span("audio.encode");
    span.set("peaks", peaks);
}
