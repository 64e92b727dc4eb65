// A program without the outbox directory: what it records waits in memory, and a directory is refused in
// words.

#include <cstdio>
#include <mutex>
#include <string>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_http/http_sink.h>

#include "support/scripted_transport.h"
#include "support/span_records.h"

namespace {

bool refusesADirectory(sidespan::Config config) {
    config.outbox.directory = "/nowhere/outbox";
    const sidespan::Recorder<sidespan::SteadyClock, sidespan::HttpSink, std::mutex> recorder(config);
    const auto error = recorder.configError();
    return error && error->message.find("Config::outbox.directory is set") == 0;
}

bool deliversFromMemory(const sidespan::Config& config) {
    sidespan::test::TransportScript script;
    sidespan::HttpSink sink(sidespan::validate(config).value(), {.transport = script.transport()});
    sink.start();
    sink.consume(sidespan::test::SpanRecords(5).batch());
    return sink.flush(sidespan::deadlineIn(std::chrono::seconds{10})) && sink.stats().delivered == 5;
}

}

int main() {
    sidespan::Config config;
    config.endpoint = "http://telemetry.example.com";
    config.consent = sidespan::Consent::granted;
    const bool isRefused = refusesADirectory(config);
    const bool isDelivered = deliversFromMemory(config);
    std::printf("refused in words: %d, delivered from memory: %d\n", isRefused, isDelivered);
    return isRefused && isDelivered ? 0 : 1;
}
