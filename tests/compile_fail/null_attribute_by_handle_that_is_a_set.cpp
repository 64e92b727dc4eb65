// expect-first: an attribute's value is .*: copy the elements of another container into a std::vector
// element
#include <mutex>
#include <set>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/null_recorder.h>
#include <sidespan/sink_null/null_sink.h>

using Recorder = sidespan::Recorder<sidespan::SteadyClock, sidespan::NullSink, std::mutex>;

void record(Recorder& recorder, const std::set<float>& peaks) {
    recorder.addAttribute(recorder.startSpan("audio.encode"), "peaks", peaks);
}
