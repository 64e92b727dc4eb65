#include "store/batch_traces.h"

#include <algorithm>
#include <string>
#include <unordered_set>

namespace sidespan::collector {

namespace {

bool namesBetter(const SpanRow& row, bool isRootBefore, std::int64_t startBefore) noexcept {
    const bool isRoot = row.parentSpanId.empty();
    return isRoot != isRootBefore ? isRoot : row.startUnixNano < startBefore;
}

/// As much of a span as a tree is made from.
RecordedSpan outline(const SpanRow& row) {
    RecordedSpan recorded;
    recorded.span.spanId = row.spanId;
    recorded.span.parentSpanId = row.parentSpanId;
    recorded.span.name = row.name;
    recorded.span.kind = row.kind;
    recorded.span.clientType = row.clientType;
    recorded.span.startTimeUnixNano = static_cast<std::uint64_t>(row.startUnixNano);
    recorded.span.endTimeUnixNano = static_cast<std::uint64_t>(row.endUnixNano);
    recorded.origin = row.origin;
    return recorded;
}

}

void TraceAddition::add(const SpanRow& row) noexcept {
    start = spans == 0 ? row.startUnixNano : std::min(start, row.startUnixNano);
    end = spans == 0 ? row.endUnixNano : std::max(end, row.endUnixNano);
    if (named == nullptr || namesBetter(row, named->parentSpanId.empty(), named->startUnixNano)) named = &row;
    ++spans;
    if (row.status == "error") ++errors;
    if (row.status == "cancelled") ++cancelled;
}

bool BatchTrace::isCalledAfter(const SpanRow& row) const noexcept {
    return namesBetter(row, hasRoot, nameStart);
}

BatchTraces groupByTrace(std::span<const SpanRow> rows, std::size_t batch) {
    BatchTraces traces;
    std::unordered_set<std::string> seen;
    seen.reserve(rows.size());
    for (const auto& row : rows) {
        if (!seen.insert(row.traceId + row.spanId).second) continue;
        auto& trace = traces[row.traceId];
        trace.rows.push_back(&row);
        trace.batch = batch;
    }
    return traces;
}

TraceAddition additionOf(const BatchTrace& trace) {
    TraceAddition added;
    for (const auto* row : trace.rows) added.add(*row);
    if (added.spans <= mostSpansOfSplit) added.split = splitOf(trace.rows);
    return added;
}

TimeSplit splitOf(const std::vector<const SpanRow*>& rows) {
    std::vector<RecordedSpan> spans;
    spans.reserve(rows.size());
    for (const auto* row : rows) spans.push_back(outline(*row));
    return buildTree(spans).split;
}

}
