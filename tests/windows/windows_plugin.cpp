// A plugin, as a host loads it: what it exports records, and holds a recorder in a static.
#include <chrono>
#include <memory>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_http/http_sink.h>

namespace {

using Recorder = sidespan::Recorder<sidespan::SteadyClock, sidespan::HttpSink, std::mutex>;

std::unique_ptr<Recorder> makeRecorder(const char* endpoint) {
    sidespan::Config config;
    config.service = {"LoopShare", "1.2.0"};
    config.endpoint = endpoint;
    config.consent = sidespan::Consent::granted;
    config.shutdownTimeout = std::chrono::seconds(20);  // what is under way comes to its end
    return std::make_unique<Recorder>(config);
}

void record(Recorder& recorder) {
    auto span = recorder.span("work");
    span.set("key", 1);
}

struct Static {
    std::unique_ptr<Recorder> recorder;
};
Static held;

}

// Records, has the export under way, and leaves nothing behind.
extern "C" __declspec(dllexport) void recordAndEnd(const char* endpoint) {
    const auto recorder = makeRecorder(endpoint);
    record(*recorder);
    static_cast<void>(recorder->flush(std::chrono::milliseconds(1)));
}

// Records into a recorder that nobody ends before the process ends.
extern "C" __declspec(dllexport) void recordAndKeep(const char* endpoint) {
    held.recorder = makeRecorder(endpoint);
    record(*held.recorder);
}
