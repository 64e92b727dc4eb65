// How long one recording call takes at 20,000 spans a second, while another thread keeps the drain thread and
// delivery at work flat out. Beside each call stands a bare pair of clock reads at the same moment, timed the
// same way: what the machine does to both is not ours.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>

#include "delivery_stage.h"
#include "processor_time.h"
#include "support/opaque.h"
#include "support/recording_loop.h"

namespace sidespan::bench {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t samples = 60'000;
constexpr auto period = 50us;

/// Records from a thread of its own as fast as spans are delivered, for as long as it exists.
class Flood {
public:
    explicit Flood(DeliveringRecorder& recorder) : thread_([this, &recorder] { run(recorder); }) {}
    ~Flood() { stop(); }
    Flood(const Flood&) = delete;
    Flood& operator=(const Flood&) = delete;

    std::uint64_t stop() {
        isOver_.store(true);
        if (thread_.joinable()) thread_.join();
        return recorded_;
    }

private:
    void run(DeliveringRecorder& recorder) {
        constexpr std::uint64_t burst = 1'000;
        constexpr std::uint64_t mostUnderWay = 16'000;
        const Texts texts;
        while (!isOver_.load(std::memory_order_relaxed)) {
            const auto sink = recorder.sink().stats();
            if (sink.queued > mostUnderWay || recorded_ > sink.delivered + mostUnderWay) {
                std::this_thread::sleep_for(100us);
                continue;
            }
            for (std::uint64_t i = 0; i < burst; ++i) {
                auto span = recorder.span("audio.flood");
                setTwo(span, texts);
            }
            recorded_ += burst;
        }
    }

    std::atomic<bool> isOver_{false};
    std::uint64_t recorded_ = 0;
    std::thread thread_;
};

class Latencies {
public:
    Latencies() { nanos_.reserve(samples); }

    template <class Call>
    SIDESPAN_ALWAYS_INLINE void time(Call&& call) {
        const auto before = Clock::now();
        call();
        nanos_.push_back((Clock::now() - before).count());
    }

    void report(benchmark::State& state, const std::string& prefix) {
        std::sort(nanos_.begin(), nanos_.end());
        const auto at = [&](double share) {
            return static_cast<double>(
                nanos_[static_cast<std::size_t>(share * static_cast<double>(samples - 1))]);
        };
        state.counters[prefix + "p50"] = at(0.5);
        state.counters[prefix + "p99"] = at(0.99);
        state.counters[prefix + "p99.9"] = at(0.999);
        state.counters[prefix + "max"] = at(1);
    }

private:
    std::vector<std::int64_t> nanos_;
};

void readClockTwice() {
    const SteadyClock clock;
    need(clock.now());
    need(clock.now());
}

// Pair and call take turns in going first.
template <class Call>
void sample(benchmark::State& state, Call&& call) {
    Latencies pairs;
    Latencies calls;
    auto next = Clock::now();
    for (std::size_t i = 0; i < samples; ++i) {
        next = std::max(next + period, Clock::now());
        while (Clock::now() < next) {
        }
        if (i % 2 == 0) pairs.time(readClockTwice);
        calls.time(call);
        if (i % 2 == 1) pairs.time(readClockTwice);
    }
    pairs.report(state, "clock_");
    calls.report(state, "span_");
}

template <class Make>
void latency(benchmark::State& state, Make&& makeCall) {
    const Texts texts;
    for (auto _ : state) {
        const OwnProcessor own(discardServer().process());
        DeliveringRecorder recorder(deliveringConfig());
        auto call = makeCall(recorder, texts);
        Flood flood(recorder);
        call();  // starts the drain thread, where the other processors are
        own.enter();
        const double preemptions = preemptionsSoFar();
        sample(state, call);
        state.counters["preempted"] = preemptionsSoFar() - preemptions;
        const std::uint64_t flooded = flood.stop();
        if (!recorder.flush(60s)) return state.SkipWithError("the flush took more than a minute");
        const auto stats = recorder.stats();
        state.counters["delivered"] = static_cast<double>(stats.delivered);
        state.counters["dropped"] = static_cast<double>(stats.dropped.total());
        state.counters["own_processor"] = own.isOwn() ? 1 : 0;
        if (stats.recorded < flooded + samples) state.SkipWithError("spans are missing");
    }
}

void laneLatency(benchmark::State& state) {
    latency(state, [](DeliveringRecorder& recorder, const Texts& texts) {
        return [lane = recorder.openLane(), &texts]() mutable {
            auto span = lane.span("audio.upload");
            setTwo(span, texts);
        };
    });
}

void scopedLatency(benchmark::State& state) {
    latency(state, [](DeliveringRecorder& recorder, const Texts& texts) {
        return [&] {
            auto span = recorder.span("audio.upload");
            setTwo(span, texts);
        };
    });
}

BENCHMARK(laneLatency)->Name("Latency/LaneSpan/steady")->Unit(benchmark::kMillisecond);
BENCHMARK(scopedLatency)->Name("Latency/RecordSpan/steady/http/spin")->Unit(benchmark::kMillisecond);

}
}
