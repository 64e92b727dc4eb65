// A plugin whose recorder is a static, and is destroyed while the host unloads it. The thread that would send
// begins only then.
#include <memory>
#include <mutex>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_http/http_sink.h>

namespace {

using namespace std::chrono_literals;
using HttpRecorder = sidespan::Recorder<sidespan::SteadyClock, sidespan::HttpSink, std::mutex>;

std::unique_ptr<HttpRecorder> recorder;

}

extern "C" __attribute__((visibility("default"))) void sidespanTestConstruct(const char* endpoint) {
    sidespan::Config config;
    config.endpoint = endpoint;
    config.consent = sidespan::Consent::granted;
    config.queue.drainInterval = 10s;
    config.shutdownTimeout = 50ms;
    recorder = std::make_unique<HttpRecorder>(config);
}

extern "C" __attribute__((visibility("default"))) void sidespanTestRecord() {
    auto span = recorder->span("audio.upload");
}
