// The same with spans: a recorder, a lane, and delivery by HTTP.
#include <memory>

#include <sidespan/sidespan.h>

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace {

float gain = 1.0F;
std::shared_ptr<sidespan::DefaultRecorder> recorder;
sidespan::Lane lane;

}

EXPORT void prepare(double sampleRate) {
    recorder = sidespan::DefaultRecorder::shared(
        {.service = {"LoopShare", "1.2.0"}, .endpoint = "https://telemetry.example.com"});
    lane = recorder->openLane({.sampleRate = sampleRate});
    gain = 0.5F;
}

EXPORT void process(float* samples, int count) {
    auto block = lane.block(count);
    auto filter = block.child("dsp.gain");
    filter.set("gain", gain);
    for (int i = 0; i < count; ++i) samples[i] *= gain;
}

EXPORT bool upload(const char* file) {
    auto span = recorder->span("audio.upload");
    span.set("file.name", file);
    span.event("started");
    return file != nullptr && *file != '\0';
}
