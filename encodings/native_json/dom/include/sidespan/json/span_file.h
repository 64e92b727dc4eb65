#pragma once

#include <cstddef>
#include <functional>
#include <iosfwd>
#include <string>

#include <sidespan/outcome.h>
#include <sidespan/span.h>

namespace sidespan::inline v0 {

/// The result of reading a span file.
struct SpanFileSummary {
    std::size_t spans = 0;
    /// Lines that are not a span, for example one that a crash left unfinished.
    std::size_t skippedLines = 0;
};

/// Reads JSON lines of native spans and calls `take` with each span in turn. A line longer than 1 MiB is
/// skipped, and its rest is not held in memory. Throws what `take` throws.
SpanFileSummary readSpans(std::istream& lines, const std::function<void(Span)>& take);

/// The same for a file. The error says why it cannot be read.
Outcome<SpanFileSummary> readSpanFile(const std::string& path, const std::function<void(Span)>& take);

}
