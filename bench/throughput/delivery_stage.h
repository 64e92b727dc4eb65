#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include <benchmark/benchmark.h>
#include <sidespan/clock/steady_clock.h>
#include <sidespan/lock/spin_lock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_http/http_sink.h>

#include "discard_server.h"

namespace sidespan::bench {

template <class Encoding>
using DeliveringRecorderOf = Recorder<SteadyClock, HttpBatchSink<Encoding>, SpinLock>;
using DeliveringRecorder = DeliveringRecorderOf<NativeJson>;

/// The discarding server of this program.
[[nodiscard]] const DiscardServer& discardServer();

/// A recorder that posts to the discarding server, its outbox in memory.
[[nodiscard]] inline Config deliveringConfig(std::size_t batchSpans = Config::Batch{}.maxSpans) {
    Config config{
        .service = {"LoopShare", "1.2.0"}, .endpoint = discardServer().url(), .consent = Consent::granted};
    config.batch.maxSpans = batchSpans;
    config.batch.maxBytes = std::size_t{64} << 20U;
    config.queue.capacityBytes = std::size_t{16} << 20U;
    config.queue.drainInterval = std::chrono::milliseconds(1);
    return config;
}

/// Fails the benchmark unless the server has answered for all `expected` spans.
inline void verifyDelivered(benchmark::State& state, const Stats& stats, std::uint64_t expected) {
    if (stats.delivered == expected) return;
    const auto text = "only " + std::to_string(stats.delivered) + " of " + std::to_string(expected) +
                      " spans were delivered, " + std::to_string(stats.dropped.total()) + " were dropped";
    state.SkipWithError(text.c_str());
}

}
