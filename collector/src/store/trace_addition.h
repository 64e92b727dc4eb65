#pragma once

#include <cstdint>

#include "store/span_row.h"

namespace sidespan::collector {

/// What the new spans of a batch add to the row of their trace.
struct TraceAddition {
    /// A trace is called after its earliest root; until one arrives, after its earliest span.
    const SpanRow* named = nullptr;
    std::int64_t start = 0;
    std::int64_t end = 0;
    std::int64_t spans = 0;
    std::int64_t errors = 0;
    std::int64_t cancelled = 0;

    void add(const SpanRow& row) noexcept;
};

}
