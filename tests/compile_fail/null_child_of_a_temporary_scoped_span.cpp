// expect: deleted
#include <mutex>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/sink_null/null_sink.h>

using Recorder = sidespan::Recorder<sidespan::SteadyClock, sidespan::NullSink, std::mutex>;

void process(Recorder& recorder) {
    auto span = recorder.span("audio.upload").child("audio.read");
}
