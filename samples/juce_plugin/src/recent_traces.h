#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <sidespan/policy/sink_policy.h>
#include <sidespan/span_batch.h>

namespace loopshare {

/// A finished span, as far as the plugin shows it.
struct RecentSpan {
    std::string name;
    sidespan::SpanId id;
    sidespan::SpanId parent;
    std::uint64_t startNanos = 0;  ///< since 1970
    std::uint64_t endNanos = 0;
    sidespan::SpanStatus status = sidespan::SpanStatus::unset;
};

/// The finished spans of one trace, in the order they ended.
struct RecentTrace {
    sidespan::TraceId id;
    std::vector<RecentSpan> spans;

    /// The span that has no parent here; null until it has ended.
    [[nodiscard]] const RecentSpan* root() const noexcept;
    [[nodiscard]] double milliseconds() const noexcept;
};

/// What a lane last summed up: loads as shares of a block's time.
struct LoadSummary {
    std::int64_t blocks = 0;
    std::int64_t overruns = 0;
    double p50 = 0;
    double p99 = 0;
    double max = 0;

    friend bool operator==(const LoadSummary&, const LoadSummary&) = default;
};

/// A sink that remembers the last few traces, for the plugin's own window. It stands beside the sink that
/// delivers, in a TeeSink. Audio blocks, of which there are many, are kept apart so that they do not push the
/// others out.
///
/// Viewers call from any thread, the drain thread feeds it.
class RecentTraces {
public:
    static constexpr std::size_t maxOperations = 24;
    static constexpr std::size_t maxBlocks = 16;  ///< of one instance
    static constexpr std::size_t maxSpansInTrace = 64;

    explicit RecentTraces(const sidespan::ValidConfig&) {}

    void start() noexcept {}
    void consume(const sidespan::SpanBatch& batch);
    bool flush(sidespan::Deadline) noexcept { return true; }
    /// Consent was withdrawn: what was recorded under it is forgotten.
    void purge();
    bool shutdown(sidespan::Deadline) noexcept { return true; }
    [[nodiscard]] sidespan::SinkStats stats() const;

    /// Changes whenever there is something new to see. Wait-free.
    [[nodiscard]] std::uint64_t version() const noexcept { return version_.load(std::memory_order_acquire); }
    /// Newest first.
    [[nodiscard]] std::vector<RecentTrace> operations() const;
    /// The trace of the block that was kept last.
    [[nodiscard]] std::optional<RecentTrace> lastBlock() const;
    /// The blocks kept of one instance that ended after frame `begin` of its loop, up to `end`, newest first.
    [[nodiscard]] std::vector<sidespan::SpanContext> blocksOf(std::int64_t instance, std::int64_t begin,
                                                              std::int64_t end) const;
    [[nodiscard]] std::optional<LoadSummary> load() const;

private:
    /// A block that was kept.
    struct Block {
        sidespan::SpanContext context;
        std::uint64_t endNanos = 0;
        std::int64_t endFrame = 0;  // of its part in the loop
    };

    void add(const sidespan::SpanView& span);
    void addToTrace(std::deque<RecentTrace>& traces, std::size_t most, const sidespan::SpanView& span);
    void addBlock(const sidespan::SpanView& span);

    mutable std::mutex mutex_;
    std::deque<RecentTrace> operations_;  // newest last
    std::deque<RecentTrace> blockTraces_;
    std::map<std::int64_t, std::deque<Block>> blocks_;  // of each instance that played lately
    std::optional<LoadSummary> load_;
    sidespan::SinkStats stats_;
    std::atomic<std::uint64_t> version_{0};
};

}
