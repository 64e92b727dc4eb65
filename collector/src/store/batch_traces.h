#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "query/trace_tree.h"
#include "store/rollup/rollup.h"
#include "store/span_row.h"

namespace sidespan::collector {

/// The changes that spans of a batch make to the row of their trace.
struct TraceAddition {
    /// A trace is named after its earliest root; until one arrives, after its earliest span.
    const SpanRow* named = nullptr;
    std::int64_t start = 0;
    std::int64_t end = 0;
    std::int64_t spans = 0;
    std::int64_t errors = 0;
    std::int64_t cancelled = 0;
    std::optional<TimeSplit> split{};     ///< of the whole trace, with these
    std::optional<RollupPlace> rollup{};  ///< where it counts from now on

    void add(const SpanRow& row) noexcept;
};

/// The part of a batch that belongs to one trace.
struct BatchTrace {
    std::vector<const SpanRow*> rows;  ///< each span once
    std::size_t batch = 0;             ///< the number of its batch among those written together
    bool isNew = false;                ///< none of it was stored before
    std::int64_t place = 0;            ///< where the store keeps its spans; the store decides what it means

    // As they are stored before the batch, where it is not new.
    std::int64_t spansBefore = 0;
    bool hasRoot = false;        ///< of the span that it is called after:
    std::int64_t nameStart = 0;  ///< its start
    std::optional<TimeSplit> split{};
    std::optional<RollupPlace> rollup{};  ///< where its split counts

    /// Whether it will be named after this span.
    [[nodiscard]] bool isCalledAfter(const SpanRow& row) const noexcept;
};
/// By trace id: all collectors on a database lock traces in one order.
using BatchTraces = std::map<std::string_view, BatchTrace>;

/// Those of the batch of that number. Refers to `rows`.
[[nodiscard]] BatchTraces groupByTrace(std::span<const SpanRow> rows, std::size_t batch = 0);

/// The row of a trace that is new.
[[nodiscard]] TraceAddition additionOf(const BatchTrace& trace);

/// Where the time of a trace went, for its row. `rows` are all its spans; only ids, names, kinds, times,
/// client types and origins are used.
[[nodiscard]] TimeSplit splitOf(const std::vector<const SpanRow*>& rows);

/// Traces with more spans have no split in their row: it would be computed again with each of their batches.
inline constexpr std::int64_t mostSpansOfSplit = 2'000;

}
