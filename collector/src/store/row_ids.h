#pragma once

#include <cstdint>
#include <string>

#include <sidespan/span_id.h>
#include <sidespan/trace_id.h>

namespace sidespan::collector {

/// A new random trace id, a version 4 UUID. [any thread]
[[nodiscard]] TraceId newTraceId();

/// A new random span id. [any thread]
[[nodiscard]] SpanId newSpanId();

/// Makes the `id` of rows: version 7 UUIDs (RFC 9562, section 5.7), which begin with the time; of one time
/// each is greater than the one before it (section 6.2, method 2). Their order is that of arrival, and new
/// rows land together in an index. One thread at a time.
class RowIds {
public:
    RowIds();
    /// All ids until the next call carry this time, Unix milliseconds.
    void setTime(std::int64_t unixMs) noexcept;
    [[nodiscard]] std::string next();

private:
    std::int64_t unixMs_ = 0;
    std::uint64_t state_;     ///< counts under a secret start, so that ids of two runs do not meet
    std::uint64_t high_ = 0;  ///< 12 bits
    std::uint64_t low_ = 0;   ///< 62 bits
};

}
