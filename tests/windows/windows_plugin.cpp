// A plugin, as a host loads it: what it exports records, and holds a recorder in a static.
#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <utility>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_http/http_sink.h>

namespace {

using namespace std::chrono_literals;

using Recorder = sidespan::Recorder<sidespan::SteadyClock, sidespan::HttpSink, std::mutex>;

std::unique_ptr<Recorder> makeRecorder(const char* endpoint, std::chrono::milliseconds shutdownTimeout,
                                       sidespan::Consent consent = sidespan::Consent::granted) {
    sidespan::Config config;
    config.service = {"LoopShare", "1.2.0"};
    config.endpoint = endpoint;
    config.consent = std::move(consent);
    config.shutdownTimeout = shutdownTimeout;
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

// Records, has the export under way, waits for its end, and leaves nothing behind.
extern "C" __declspec(dllexport) void recordAndEnd(const char* endpoint) {
    const auto recorder = makeRecorder(endpoint, 20s);
    record(*recorder);
    static_cast<void>(recorder->flush(1ms));
}

// Records, has the export under way, breaks it off, and leaves nothing behind.
extern "C" __declspec(dllexport) void recordAndBreakOff(const char* endpoint) {
    const auto recorder = makeRecorder(endpoint, 1ms);
    record(*recorder);
    static_cast<void>(recorder->flush(1ms));
}

// Records into a recorder that nobody ends before the process ends.
extern "C" __declspec(dllexport) void recordAndKeep(const char* endpoint) {
    held.recorder = makeRecorder(endpoint, 20s);
    record(*held.recorder);
}

// As before, and a thread is inside Consent::set() and never comes back.
extern "C" __declspec(dllexport) void recordAndHoldConsent(const char* endpoint) {
    using sidespan::Consent;
    Consent consent(Consent::granted);
    auto* const entered = new std::promise<void>;  // which the thread uses as long as the process lasts
    static_cast<void>(new Consent::Subscription(consent.observe([entered](Consent::State) {
        entered->set_value();
        std::promise<void>().get_future().wait();
    })));
    held.recorder = makeRecorder(endpoint, 20s, consent);
    record(*held.recorder);
    std::thread([consent]() mutable { consent.set(Consent::denied); }).detach();
    entered->get_future().wait();
}
