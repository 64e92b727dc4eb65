// expect: deleted
#include <mutex>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/sink_null/null_sink.h>

using Recorder = sidespan::Recorder<sidespan::SteadyClock, sidespan::NullSink, std::mutex>;

void process(Recorder::Lane& lane) {
    auto span = lane.block(64).child("dsp.filter");
}
