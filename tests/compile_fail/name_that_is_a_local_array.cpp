// expect-first: a name or key must be a string literal: text that varies belongs in a value
#include <mutex>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/sink_null/null_sink.h>

using Recorder = sidespan::Recorder<sidespan::SteadyClock, sidespan::NullSink, std::mutex>;

void record(Recorder& recorder) {
    char name[] = "audio.encode";
    name[0] = 'A';
    auto span = recorder.span(name);
}
