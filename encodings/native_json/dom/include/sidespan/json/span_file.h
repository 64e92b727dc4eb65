#pragma once

#include <cstddef>
#include <functional>
#include <iosfwd>
#include <string>

#include <sidespan/outcome.h>
#include <sidespan/span.h>

namespace sidespan::inline v0 {

/// What reading a span file came to.
struct SpanFileSummary {
    std::size_t spans = 0;
    /// Lines that are not a span: one left unfinished by a crash, or something that does not belong here.
    std::size_t skippedLines = 0;
};

/// Reads JSON lines of native spans, calling `take` with each in turn. A line longer than 1 MiB is passed
/// over without being held in memory. Throws what `take` throws.
SpanFileSummary readSpans(std::istream& lines, const std::function<void(Span)>& take);

/// The same from a file; the error says why it cannot be read.
Outcome<SpanFileSummary> readSpanFile(const std::string& path, const std::function<void(Span)>& take);

}
