#pragma once

#include <string>
#include <vector>

#include "store/span_row.h"
#include "terminal_text.h"

namespace sidespan::collector {

/// The trace as a tree of lines, each ended by a newline: spans with their durations, below each its events,
/// links and attributes, and in the end where the time went. All spans are of one trace; at least one.
[[nodiscard]] std::string printTree(const std::vector<RecordedSpan>& spans, TextStyle style);

}
