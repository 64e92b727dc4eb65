// expect: PlainAttributeValue
// expect-first: specialise sidespan::AttributeText for a type of your own
#include <mutex>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>

using Recorder = sidespan::Recorder<sidespan::SteadyClock, sidespan::MemorySink, std::mutex>;

struct Gain {
    float decibels;
};

void record(Recorder& recorder) {
    recorder.addAttribute(recorder.startSpan("audio.encode"), "gain", Gain{0.5F});
}
