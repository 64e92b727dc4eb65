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
/// accept that. Append `{}]` to get strict JSON. If the last line is incomplete, for example after a loss of
/// power, chrome://tracing does not open the file. The next recorder that writes to the file removes that
/// line.
///
/// Each lane is a thread, with its blocks and their children. All other spans are asynchronous events, with a
/// track for each trace, and more where its spans overlap. Several recorders may write to one file. All but
/// the first recorder of a process add their number to the names of their tracks, as in "lane 1 (recorder
/// 2)". Counters show the load of a lane's kept blocks, and of all its blocks. Events are instants. The
/// arguments of a span are `span` (its ids, status and drop counts) and `attributes`. Names of processes and
/// lanes are repeated every 1,000 spans, since the file sink begins a new file when one is full.
///
/// Times are microseconds since 2025-01-01T00:00:00Z: a double holds them to about 10 ns, but Unix time only
/// to 250 ns. In steady state only the buffer allocates memory. Models LineEncoding.
class ChromeTrace {
public:
    /// The first line of a file.
    static constexpr std::string_view fileHead = "[\n";

    void appendObject(TextBuffer& out, SpanView span, const Resource& resource);

private:
    SIDESPAN_COLD void nameProcess(TextBuffer& out, const Resource& resource);
    SIDESPAN_COLD void nameThread(TextBuffer& out, std::uint32_t lane);
    void appendNames(TextBuffer& out, std::uint32_t lane, const Resource& resource);

    const detail::WriterNumber number_;
    detail::TraceTracks tracks_;
    std::bitset<257> named_;  // lanes whose names are written
    std::uint32_t sinceNamed_ = 0;
    std::uint64_t process_ = 0;
};

static_assert(LineEncoding<ChromeTrace>);

}
