// expect: ignoring return(ed)? value
// expect: nodiscard
#include <mutex>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/sink_null/null_sink.h>

void record(sidespan::Recorder<sidespan::SteadyClock, sidespan::NullSink, std::mutex>& recorder) {
    recorder.span("audio.encode");
}
