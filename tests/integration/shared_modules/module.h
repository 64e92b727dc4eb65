#pragma once

#include <mutex>
#include <string>
#include <vector>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/span_batch.h>

namespace sidespan::test {

/// Keeps a copy of every name, read when the span arrives.
class NamesSink {
public:
    explicit NamesSink(const ValidConfig&) {}
    void start() noexcept {}
    void consume(const SpanBatch& batch) {
        for (const auto& span : batch) names.emplace_back(span.name());
        stats_.received += batch.size();
        stats_.delivered += batch.size();
    }
    bool flush(Deadline) noexcept { return true; }
    void purge() {}
    bool shutdown(Deadline) noexcept { return true; }
    [[nodiscard]] SinkStats stats() const { return stats_; }

    std::vector<std::string> names;  // read it while nothing drains

private:
    SinkStats stats_;
};

using NamesRecorder = Recorder<SteadyClock, NamesSink, std::mutex>;

/// What a module offers, under the name "sidespanTestModule".
struct Module {
    /// Holds the recorder that Recorder::shared() gives in the module.
    NamesRecorder* (*openShared)();
    void (*closeShared)();
    /// Records a span, and two on a lane, all with names of the module, and keeps to the rule for recorders
    /// of others: ends them, closes the lane, and flushes. Whether everything was delivered.
    bool (*recordOn)(NamesRecorder& recorder);
};

}
