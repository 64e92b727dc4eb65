// expect: sidespanNameMustBePrintableAsciiWithoutQuoteOrBackslash
#include <mutex>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/sink_null/null_sink.h>

using Recorder = sidespan::Recorder<sidespan::SteadyClock, sidespan::NullSink, std::mutex>;

void record(Recorder& recorder) {
    auto span = recorder.span("audio\\encode");
}
