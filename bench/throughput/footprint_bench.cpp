// What recording takes besides time: bytes in the queues, and threads. Nothing is timed.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include <benchmark/benchmark.h>
#include <sidespan/lock/null_lock.h>

#include "delivery_stage.h"
#include "support/policy_names.h"
#include "support/recording_loop.h"
#include "support/temporary_directory.h"
#include "support/thread_count.h"

namespace sidespan::bench {
namespace {

// With the null lock there is no drain thread: a lane's ring is filled to its end, and the span that fills
// half of the queue drains it.
using UndrainedRecorder = Recorder<SteadyClock, MemorySink, NullLock>;

void queuedBytes(benchmark::State& state) {
    constexpr std::size_t shards = detail::HandOff<NullLock>::shardCount;
    const Texts texts;
    for (auto _ : state) {
        Config config{.consent = Consent::granted};
        UndrainedRecorder recorder(config);
        while (recorder.stats().delivered == 0) {
            auto span = recorder.span("audio.upload");
            setTwo(span, texts);
        }
        state.counters["bytes/span"] = static_cast<double>(config.queue.capacityBytes / shards / 2) /
                                       static_cast<double>(recorder.stats().delivered);
    }
}

void laneBytes(benchmark::State& state) {
    const Texts texts;
    for (auto _ : state) {
        UndrainedRecorder recorder({.consent = Consent::granted});
        const LaneOptions options{.summaryInterval = std::chrono::milliseconds(0)};
        auto lane = recorder.openLane(options);
        while (recorder.stats().dropped.total() == 0) {
            auto span = lane.span("audio.upload");
            setTwo(span, texts);
        }
        recorder.flush(std::chrono::seconds(10));
        state.counters["bytes/span"] =
            static_cast<double>(options.capacityBytes) / static_cast<double>(recorder.stats().delivered);
    }
}

template <class Sink, class Lock>
void countThreads(benchmark::State& state) {
    const TemporaryDirectory directory;
    for (auto _ : state) {
        Config config = deliveringConfig();
        config.file.path = (directory.path() / "spans.jsonl").string();
        const std::uint64_t before = threadsStarted();
        Recorder<SteadyClock, Sink, Lock> recorder(config);
        static_cast<void>(recorder.span("audio.upload"));
        recorder.flush(std::chrono::seconds(10));
        state.counters["threads_started"] = static_cast<double>(threadsStarted() - before);
    }
}

BENCHMARK(queuedBytes)->Name("QueuedBytes/RecordSpan/attrs:2");
BENCHMARK(laneBytes)->Name("QueuedBytes/LaneSpan/attrs:2");
BENCHMARK(countThreads<MemorySink, NullLock>)->Name("ThreadsStarted/memory/none");
BENCHMARK(countThreads<MemorySink, std::mutex>)->Name("ThreadsStarted/memory/mutex");
BENCHMARK(countThreads<FileSink<>, std::mutex>)->Name("ThreadsStarted/file/mutex");
BENCHMARK(countThreads<HttpSink, std::mutex>)->Name("ThreadsStarted/http/mutex");

}
}
