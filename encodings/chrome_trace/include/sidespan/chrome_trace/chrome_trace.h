#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <sidespan/detail/compiler.h>
#include <sidespan/encoding/span_encoding.h>
#include <sidespan/resource.h>

namespace sidespan::inline v0 {

/// Files in the Trace Event Format, which ui.perfetto.dev and chrome://tracing open: an array of events, a
/// line for each span. A file sink goes on writing to it, so its end is missing; both viewers take it
/// without. Whoever wants strict JSON puts `{}]` behind the last line.
///
/// Each lane is a thread, with its blocks and what is within them. All other spans are asynchronous events, a
/// track for each trace. The load of a lane's blocks, kept ones and all of them, is in counters. Events are
/// instants. Arguments hold what else a span says: `span` its ids, status and counts of what was dropped,
/// `attributes` what was set. Names of processes and lanes are repeated every 1,000 spans, since a full file
/// is begun anew.
///
/// Times are microseconds since 2025-01-01T00:00:00Z, which a double holds to some 10 ns, and Unix time only
/// to 250. In steady state nothing allocates but the buffer. Models LineEncoding.
class ChromeTrace {
public:
    /// What a file begins with.
    static constexpr std::string_view fileHead = "[\n";

    void appendObject(TextBuffer& out, SpanView span, const Resource& resource);

private:
    SIDESPAN_COLD void nameProcess(TextBuffer& out, const Resource& resource);
    SIDESPAN_COLD void nameThread(TextBuffer& out, std::uint32_t thread);
    void appendNames(TextBuffer& out, std::uint32_t thread, const Resource& resource);

    std::bitset<257> named_;  // the threads
    std::uint32_t sinceNamed_ = 0;
    std::string process_;  // ,"pid":<number>
};

static_assert(LineEncoding<ChromeTrace>);

}
