// Spans recorded by one thread, encoded, and posted to a server that throws them away. An iteration is a
// whole delivery; rates are by the wall clock.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>

#include <benchmark/benchmark.h>
#include <sidespan/otlp/otlp_json.h>
#include <sidespan/otlp/otlp_protobuf.h>

#include "delivery_stage.h"
#include "processor_time.h"
#include "support/recording_loop.h"
#include "support/temporary_directory.h"

namespace sidespan::bench {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

SIDESPAN_ALWAYS_INLINE void recordOne(auto& recorder, const Texts& texts) {
    auto span = recorder.span("audio.upload");
    setTwo(span, texts);
}

/// Sums up deliveries, from the first span recorded until the server has answered for the last.
class Tally {
public:
    void begin() {
        wall_ -= seconds();
        process_ -= processSeconds();
        producer_ -= threadSeconds();
    }
    void end(const Stats& stats) {
        wall_ += seconds();
        process_ += processSeconds();
        producer_ += threadSeconds();
        delivered_ += static_cast<double>(stats.delivered);
        dropped_ += static_cast<double>(stats.dropped.total());
    }
    void report(benchmark::State& state, std::size_t batchSpans) const {
        state.counters["spans/s"] = delivered_ / wall_;
        state.counters["dropped"] = dropped_;
        state.counters["batch"] = static_cast<double>(batchSpans);
        state.counters["cpu_us/span"] = (process_ - producer_) * 1e6 / delivered_;
        state.counters["producer_us/span"] = producer_ * 1e6 / delivered_;
    }

private:
    static double seconds() { return std::chrono::duration<double>(Clock::now().time_since_epoch()).count(); }

    double wall_ = 0;
    double process_ = 0;
    double producer_ = 0;
    double delivered_ = 0;
    double dropped_ = 0;
};

// As fast as they are delivered: the producer waits while more than a part of the queue and the outbox is
// under way, so that nothing is dropped and the processors are the pipeline's.
template <class Encoding = NativeJson>
void deliver(benchmark::State& state, const Config& config, std::uint64_t spans = 2'000'000) {
    constexpr std::uint64_t burst = 1'000;
    constexpr std::uint64_t mostUnderWay = 16'000;
    const Texts texts;
    Tally tally;
    for (auto _ : state) {
        DeliveringRecorderOf<Encoding> recorder(config);
        tally.begin();
        for (std::uint64_t recorded = 0; recorded < spans; recorded += burst) {
            while (recorded - recorder.sink().stats().delivered > mostUnderWay)
                std::this_thread::sleep_for(100us);
            for (std::uint64_t i = 0; i < burst; ++i) recordOne(recorder, texts);
        }
        if (!recorder.flush(60s)) return state.SkipWithError("the flush took more than a minute");
        tally.end(recorder.stats());
        verifyDelivered(state, recorder.stats(), spans);
    }
    tally.report(state, config.batch.maxSpans);
}

// Each batch is synced to the temporary directory's disk before it is posted.
void deliverDurably(benchmark::State& state) {
    const TemporaryDirectory outbox;
    std::atomic<bool> hasFailed{false};
    auto config = deliveringConfig();
    config.outbox.directory = outbox.path().string();
    config.onError = [&hasFailed](const Error&) { hasFailed = true; };
    deliver(state, config, 500'000);
    if (hasFailed) state.SkipWithError("not every batch was durable: the outbox went into memory");
}

// At a rate that does not wait for anybody: what the pipeline cannot take is dropped, and counted.
void deliverAtRate(benchmark::State& state, std::uint64_t spansPerSecond) {
    constexpr auto tick = 1ms;
    constexpr std::uint64_t ticks = 2'000;
    const std::uint64_t perTick = spansPerSecond / 1'000;
    const Texts texts;
    Tally tally;
    for (auto _ : state) {
        DeliveringRecorder recorder(deliveringConfig());
        tally.begin();
        auto next = Clock::now();
        for (std::uint64_t i = 0; i < ticks; ++i) {
            for (std::uint64_t k = 0; k < perTick; ++k) recordOne(recorder, texts);
            std::this_thread::sleep_until(next += tick);
        }
        if (!recorder.flush(60s)) return state.SkipWithError("the flush took more than a minute");
        tally.end(recorder.stats());
        if (recorder.stats().recorded != ticks * perTick) state.SkipWithError("spans are missing");
    }
    tally.report(state, Config::Batch{}.maxSpans);
}

void deliverInBatchesOf(benchmark::State& state, std::size_t spans) {
    deliver(state, deliveringConfig(spans));
}

template <class Encoding>
void deliverAs(benchmark::State& state) {
    deliver<Encoding>(state, deliveringConfig());
}

BENCHMARK_CAPTURE(deliverInBatchesOf, , Config::Batch{}.maxSpans)
    ->Name("Deliver/http")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(deliverInBatchesOf, , 4'096)
    ->Name("Deliver/http/batch:4096")
    ->Unit(benchmark::kMillisecond);
BENCHMARK(deliverAs<OtlpProtobuf>)->Name("Deliver/otlp")->Unit(benchmark::kMillisecond);
BENCHMARK(deliverAs<OtlpJson>)->Name("Deliver/otlp-json")->Unit(benchmark::kMillisecond);
BENCHMARK(deliverDurably)->Name("Deliver/http+outbox")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(deliverAtRate, , 200'000)->Name("Deliver/http/rate:200000")->Unit(benchmark::kMillisecond);

}
}
