#pragma once

#include <string>
#include <vector>

#include "store/span_row.h"
#include "terminal_text.h"

namespace sidespan::collector {

/// The trace as a tree of lines, each with a newline at its end: spans with their durations, below each its
/// events, links and attributes, and at the end where the time went. There must be at least one span, and all
/// must be of one trace.
[[nodiscard]] std::string printTree(const std::vector<RecordedSpan>& spans, TextStyle style);

}
