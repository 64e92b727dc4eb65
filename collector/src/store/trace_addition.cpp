#include "store/trace_addition.h"

#include <algorithm>

namespace sidespan::collector {

namespace {

bool namesBetter(const SpanRow& row, const SpanRow& than) noexcept {
    if (row.parentSpanId.empty() != than.parentSpanId.empty()) return row.parentSpanId.empty();
    return row.startUnixNano < than.startUnixNano;
}

}

void TraceAddition::add(const SpanRow& row) noexcept {
    start = spans == 0 ? row.startUnixNano : std::min(start, row.startUnixNano);
    end = spans == 0 ? row.endUnixNano : std::max(end, row.endUnixNano);
    if (named == nullptr || namesBetter(row, *named)) named = &row;
    ++spans;
    if (row.status == "error") ++errors;
    if (row.status == "cancelled") ++cancelled;
}

}
