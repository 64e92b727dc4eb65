// expect-first: a name or key must be a string literal: text that varies belongs in a value, and a choice is
// written expect: Literal
#include <mutex>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/sink_null/null_sink.h>

using Recorder = sidespan::Recorder<sidespan::SteadyClock, sidespan::NullSink, std::mutex>;

void record(Recorder& recorder, const char* name) {
    auto span = recorder.span(name);
}
