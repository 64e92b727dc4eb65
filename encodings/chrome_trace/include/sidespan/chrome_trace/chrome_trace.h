#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <sidespan/chrome_trace/detail/trace_tracks.h>
#include <sidespan/chrome_trace/detail/writer_number.h>
#include <sidespan/detail/compiler.h>
#include <sidespan/encoding/span_encoding.h>
#include <sidespan/resource.h>

namespace sidespan::inline v0 {

/// Files in the Trace Event Format, which ui.perfetto.dev and chrome://tracing open: an array of events, a
/// line for each span. The end of the array is missing, since the file sink appends to it; both viewers
/// accept that. Append `{}]` to get strict JSON.
/// A last line that was cut off, as by a loss of power, keeps chrome://tracing from opening the file: the
/// next recorder that writes to it removes the line.
///
/// Each lane is a thread, with its blocks and their children. All other spans are asynchronous events, with a
/// track for each trace, and more where its spans overlap. Several recorders may write to one file: what is
/// not of the first one in its process is named after its recorder, as "lane 1 (recorder 2)". Counters show
/// the load of a lane's blocks: of those that were kept, and of all. Events are instants. The arguments of a
/// span are `span`, its ids, status and drop counts, and `attributes`. Names of processes and lanes are
/// repeated every 1,000 spans, since the file sink begins a new file when one is full.
///
/// Times are microseconds since 2025-01-01T00:00:00Z: a double holds them to about 10 ns, but Unix time only
/// to 250 ns. In steady state only the buffer allocates. Models LineEncoding.
class ChromeTrace {
public:
    /// What a file begins with.
    static constexpr std::string_view fileHead = "[\n";

    void appendObject(TextBuffer& out, SpanView span, const Resource& resource);

private:
    SIDESPAN_COLD void nameProcess(TextBuffer& out, const Resource& resource);
    SIDESPAN_COLD void nameThread(TextBuffer& out, std::uint32_t lane);
    void appendNames(TextBuffer& out, std::uint32_t lane, const Resource& resource);

    const detail::WriterNumber number_;
    detail::TraceTracks tracks_;
    std::bitset<257> named_;  // the lanes
    std::uint32_t sinceNamed_ = 0;
    std::uint64_t process_ = 0;
};

static_assert(LineEncoding<ChromeTrace>);

}
