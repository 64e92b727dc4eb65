#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <future>

#include <sidespan/config.h>
#include <sidespan/policy/sink_policy.h>
#include <sidespan/span_batch.h>

namespace sidespan::test {

/// A moment that one thread waits for and another brings about, once.
class Moment {
public:
    void come() { promise_.set_value(); }
    [[nodiscard]] bool waitFor(std::chrono::nanoseconds timeout) const {
        return future_.wait_for(timeout) == std::future_status::ready;
    }

private:
    std::promise<void> promise_;
    std::shared_future<void> future_ = promise_.get_future().share();
};

/// A sink that counts its calls and does, within them, what a test tells it. The functions are set before the
/// first span is recorded.
class ProbeSink {
public:
    explicit ProbeSink(const ValidConfig& config) : config_(config) {}

    std::function<void()> onPrepare;
    std::function<void()> onStart;
    std::function<void(const SpanBatch&)> onConsume;
    std::function<bool(Deadline)> onFlush;
    std::function<bool(Deadline)> onShutdown;

    std::atomic<int> starts{0};
    std::atomic<int> flushes{0};
    std::atomic<int> purges{0};
    std::atomic<int> shutdowns{0};
    std::atomic<std::uint64_t> received{0};
    DropCounts upstreamLosses;  // read it while nothing drains

    void report(const Error& error) const { config_.report(error); }

    void prepare() {
        if (onPrepare) onPrepare();
    }
    void start() {
        ++starts;
        if (onStart) onStart();
    }
    void consume(const SpanBatch& batch) {
        if (onConsume) onConsume(batch);
        received += batch.size();
    }
    bool flush(Deadline deadline) {
        ++flushes;
        return !onFlush || onFlush(deadline);
    }
    void purge() { ++purges; }
    bool shutdown(Deadline deadline) {
        ++shutdowns;
        return !onShutdown || onShutdown(deadline);
    }
    void noteUpstreamLosses(const DropCounts& losses) { upstreamLosses = losses; }
    [[nodiscard]] SinkStats stats() const {
        SinkStats stats;
        stats.received = received;
        stats.delivered = received;
        return stats;
    }

private:
    ValidConfig config_;
};

static_assert(SinkPolicy<ProbeSink>);

}
