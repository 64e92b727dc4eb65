#include "soak_client.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <mutex>

#include <unistd.h>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_http/http_sink.h>

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;
using SoakRecorder = Recorder<SteadyClock, HttpSink, std::mutex>;

constexpr int burst = 40;
constexpr int bursts = 5;  // of a client that ends by itself

Config config(const std::string& endpoint, const std::string& directory) {
    Config config;
    config.service = {"Soak", "1.0"};
    config.endpoint = endpoint;
    config.consent = Consent::granted;
    config.queue.drainInterval = 1ms;
    config.batch = {.maxSpans = 16, .maxAge = 5ms};
    config.http.connectTimeout = 300ms;
    config.http.requestTimeout = 500ms;
    config.retry = {.initialBackoff = 2ms, .maxBackoff = 50ms};
    config.outbox.directory = directory;
    config.outbox.maxBytes = std::size_t{1} << 30U;  // a slow machine must not push out the oldest
    config.onError = [](const Error& error) {
        if (error.code == ErrorCode::io) std::fprintf(stderr, "a client: %s\n", error.message.c_str());
    };
    return config;
}

// Spans come to the sink in the order in which one thread ends them, so a count says which.
void reportDurable(SoakRecorder& recorder) {
    const auto stats = recorder.stats();
    for (std::size_t i = 0; i < dropReasonCount; ++i) {
        if (stats.dropped.counts[i] == 0) continue;
        std::fprintf(stderr, "a client dropped %llu: %s\n",
                     static_cast<unsigned long long>(stats.dropped.counts[i]),
                     toString(static_cast<DropReason>(i)).data());
        ::_exit(3);
    }
    const std::uint64_t durable = stats.delivered + stats.onDisk - stats.recovered;
    if (::write(STDOUT_FILENO, &durable, sizeof durable) != sizeof durable) ::_exit(4);
}

void record(SoakRecorder& recorder, std::int64_t run, std::int64_t& n) {
    for (int i = 0; i < burst; ++i, ++n) {
        auto span = recorder.span("soak.span");
        span.set("run", run);
        span.set("n", n);
    }
    recorder.flush(2ms);  // most of what is waited for is the disk
    reportDurable(recorder);
}

}

void runSoakClient(const std::string& endpoint, const std::string& directory, std::int64_t run, SoakEnd end) {
    SoakRecorder recorder(config(endpoint, directory));
    std::int64_t n = 0;
    while (end == SoakEnd::killed) record(recorder, run, n);
    for (int i = 0; i < bursts; ++i) record(recorder, run, n);
    if (end == SoakEnd::denied) {
        recorder.consent().set(Consent::denied);
        recorder.flush(10s);
        ::_exit(0);
    }
    // Its own spans are delivered after what it took over has been counted.
    while (!recorder.flush(100ms) || recorder.stats().onDisk != 0) {
    }
    reportDurable(recorder);
    recorder.shutdown(1s);
    ::_exit(0);
}

}
