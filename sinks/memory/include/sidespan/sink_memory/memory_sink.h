#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include <sidespan/config.h>
#include <sidespan/policy/sink_policy.h>
#include <sidespan/span.h>
#include <sidespan/span_batch.h>

namespace sidespan::inline v0 {

/// Keeps finished spans in memory, for tests and for a view inside the program. Its size is limited: beyond
/// `capacityBytes` the oldest batches are removed, and their spans count as dropped (outboxFull). [any
/// thread]
class MemorySink {
public:
    static constexpr std::size_t capacityBytes = std::size_t{64} << 20U;

    explicit MemorySink(const ValidConfig& config);
    ~MemorySink();

    void start() noexcept {}
    void consume(const SpanBatch& batch);
    bool flush(Deadline) noexcept { return true; }
    /// Consent was withdrawn: removes the spans that were recorded under it.
    void purge();
    bool shutdown(Deadline) noexcept { return true; }
    [[nodiscard]] SinkStats stats() const;

    /// A copy of all spans that are kept, in the order in which they ended on each thread. Flush the recorder
    /// first.
    [[nodiscard]] std::vector<Span> spans() const;
    /// Removes all spans. They stay counted as delivered.
    void clear();

private:
    // The bytes of a batch. Only spans() converts them to spans.
    struct Chunk {
        std::unique_ptr<std::byte[]> bytes;
        std::size_t size;
        std::size_t count;
    };

    void dropOldestBeyondCapacity();

    mutable std::mutex mutex_;
    Resource resource_;
    std::deque<Chunk> chunks_;
    std::size_t bytes_ = 0;
    SinkStats stats_;
};

static_assert(SinkPolicy<MemorySink>);

}
