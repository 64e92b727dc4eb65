#pragma once

#include <cstddef>
#include <istream>
#include <string>
#include <vector>

#include "store/span_row.h"

namespace sidespan::collector {

/// What a file of spans held.
struct TraceFile {
    std::vector<RecordedSpan> spans;
    std::vector<std::string> notes;  ///< what was skipped and why, each a sentence for the user
};

/// Reads a file as the file sink writes it, a native JSON span on each line, or a collector's answer for a
/// trace. Lines that are not spans are skipped and noted, the last one with the remark that it was not
/// finished when no newline ends it; empty lines are nothing.
[[nodiscard]] TraceFile readTraceFile(std::istream& stream);

}
