#include "soak_client.h"

#include <chrono>
#include <cstdint>
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
// A client that is killed waits when this many spans are on its disk: else a quick machine leaves more than
// is delivered before the test's time is up.
constexpr std::uint64_t backlog = 4'000;

// Each run has the next one. Nothing is slow enough for the tail sampler, so a client knows what it keeps.
Sampler samplerOf(std::int64_t run) {
    switch (run % 5) {
        case 0:
            return Sampler::probability(0.5);
        case 1:
            return Sampler::rateLimited(2'000);
        case 2:
            return TailSampler{.slowerThan = 1h, .keepOneIn = 3};
        case 3:
            return Sampler::parentBased(TailSampler{.slowerThan = 1h, .keepOneIn = 0});
        default:
            return {};
    }
}

Config config(const std::string& endpoint, const std::string& directory, std::int64_t run) {
    Config config;
    config.sampler = samplerOf(run);
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

// Records spans that are traces of their own. Those that the sampler keeps are numbered; the others have the
// number -1, which nobody may ever find in a database.
class SoakRun {
public:
    SoakRun(SoakRecorder& recorder, std::int64_t run)
        : recorder_(recorder), run_(run), sampler_(samplerOf(run)) {}

    void record() {
        for (int i = 0; i < burst; ++i) recordOne(i % 7 == 0);
        recorder_.flush(2ms);  // most of what is waited for is the disk
        reportDurable(recorder_);
    }
    // Of a recorder that has been flushed.
    void expectConserved() const {
        const auto stats = recorder_.stats();
        if (stats.isConserved() && stats.notSampled == left_ && stats.keptUnjudged == 0) return;
        std::fprintf(stderr, "a client of sampler %lld left out %llu spans, and counted %llu\n",
                     static_cast<long long>(run_ % 5), static_cast<unsigned long long>(left_),
                     static_cast<unsigned long long>(stats.notSampled));
        ::_exit(5);
    }

private:
    void recordOne(bool hasFailed) {
        auto span = recorder_.span("soak.span");
        const bool isKept = keeps(span.context(), hasFailed);
        span.set("run", run_);
        span.set("n", isKept ? n_++ : -1);
        if (hasFailed) span.setStatus(SpanStatus::error, "as planned");
        if (!isKept) ++left_;
    }
    bool keeps(const SpanContext& context, bool hasFailed) {
        if (sampler_.rule() != Sampler::Rule::tail) return context.isSampled();
        if (hasFailed) return true;
        const auto one = sampler_.tail().keepOneIn;
        return one != 0 && ordinary_++ % one == 0;
    }

    SoakRecorder& recorder_;
    std::int64_t run_;
    Sampler sampler_;
    std::int64_t n_ = 0;
    std::uint64_t ordinary_ = 0;
    std::uint64_t left_ = 0;
};

}

void runSoakClient(const std::string& endpoint, const std::string& directory, std::int64_t run, SoakEnd end) {
    SoakRecorder recorder(config(endpoint, directory, run));
    SoakRun soak(recorder, run);
    while (end == SoakEnd::killed) {
        if (recorder.stats().onDisk < backlog) soak.record();
        recorder.flush(2ms);
    }
    for (int i = 0; i < bursts; ++i) soak.record();
    if (end == SoakEnd::denied) {
        recorder.consent().set(Consent::denied);
        recorder.flush(10s);
        ::_exit(0);
    }
    // Its own spans are delivered after what it took over has been counted.
    while (!recorder.flush(100ms) || recorder.stats().onDisk != 0) {
    }
    reportDurable(recorder);
    soak.expectConserved();
    recorder.shutdown(1s);
    ::_exit(0);
}

}
