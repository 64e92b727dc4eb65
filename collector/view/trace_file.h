#pragma once

#include <cstddef>
#include <istream>
#include <string>
#include <vector>

#include "store/span_row.h"

namespace sidespan::collector {

/// The content of a file of spans.
struct TraceFile {
    std::vector<RecordedSpan> spans;
    std::vector<std::string> notes;  ///< what was skipped and why, each a sentence for the user
};

/// A file is held in memory as a whole, which takes several times its size.
inline constexpr std::size_t mostTraceFileBytes = std::size_t{256} << 20U;

/// Reads a file of the file sink, with a native JSON span on each line, or a collector's answer for a trace.
/// A line that is neither is skipped and noted. If it is the last line and ends with neither a newline nor
/// '}' or ']', the note says that it is not finished. Empty lines are ignored.
/// Throws std::runtime_error if the stream fails, and after `mostBytes`, since a device such as /dev/zero
/// never ends.
[[nodiscard]] TraceFile readTraceFile(std::istream& stream, std::size_t mostBytes = mostTraceFileBytes);

}
