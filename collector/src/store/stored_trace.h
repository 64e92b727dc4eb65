#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/span_row.h"
#include "store/trace_query.h"

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
    /// The last one that was looked at, where older ones may be found: to be asked for as TraceQuery::before.
    std::optional<TracePosition> next;
};

struct StoredTrace {
    std::vector<RecordedSpan> spans;  ///< by start time; empty when there is no such trace
    std::size_t spanCount = 0;        ///< stored; more than `spans` holds when a limit cut them
};

}
