#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <sidespan_collector/limits.h>
#include <sidespan_database/sqlite.h>
#include "query/trace_query.h"
#include "store/span_row.h"

namespace sidespan::collector {

/// One line of the list of traces.
struct TraceSummary {
    std::string traceId;
    std::string name;  ///< of the root span; of the earliest one while no root has arrived
    bool hasRoot = false;
    std::int64_t startUnixNano = 0;
    std::int64_t durationNanos = 0;  ///< of the root span; from first start to last end while there is none
    std::int64_t spanCount = 0;
    std::int64_t errorCount = 0;
    std::int64_t cancelledCount = 0;
    std::string serviceName;  ///< of the span that the trace is called after; may be empty
};

struct TraceList {
    std::vector<TraceSummary> traces;  ///< newest first
    bool complete = true;              ///< false when time ran out before the oldest trace was looked at
};

struct StoredTrace {
    std::vector<RecordedSpan> spans;  ///< by start time; empty when there is no such trace
    std::size_t spanCount = 0;        ///< stored; more than `spans` holds when a limit cut them
};

/// Reads what SpanStore wrote, over its own connection, so that neither waits for the other. One thread at a
/// time.
class TraceReader {
public:
    /// The file must have been opened by a SpanStore before.
    explicit TraceReader(const std::filesystem::path& file);

    [[nodiscard]] TraceList list(const TraceQuery& query, std::chrono::milliseconds timeLimit);
    /// Stops behind the span with which attributes, events, links and resources have that many bytes.
    [[nodiscard]] StoredTrace load(const std::string& traceUuid, std::size_t spanLimit,
                                   std::size_t byteLimit = Limits().bytesPerTrace);

private:
    database::Database database_;
    database::Statement list_;
    database::Statement load_;
    database::Statement count_;
};

}
