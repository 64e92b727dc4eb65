#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include <sidespan/span_status.h>

namespace sidespan::collector {

/// Where a trace is in the list: by its time, never later than its arrival; those of one time as the store
/// has them.
struct TracePosition {
    std::int64_t unixNano = std::numeric_limits<std::int64_t>::max();
    std::string traceId;  ///< a UUID
};

/// Which traces a list holds.
struct TraceQuery {
    std::string name;     ///< some span has exactly this name; empty: any
    std::string service;  ///< some span was recorded by exactly this product; empty: any
    std::optional<SpanStatus>
        status;  ///< of the trace: error when a span failed, else cancelled when one was
    /// Of the span with that name; without a name, of the trace: of its root span and its first span.
    std::int64_t minDurationNanos = 0;
    std::int64_t maxDurationNanos = std::numeric_limits<std::int64_t>::max();
    std::int64_t fromUnixNano = std::numeric_limits<std::int64_t>::min();   ///< begun then or later
    std::int64_t untilUnixNano = std::numeric_limits<std::int64_t>::max();  ///< begun before
    std::string attributeKey;    ///< a span or its resource has this attribute; empty: any
    std::string attributeValue;  ///< and it is this text, number or Boolean
    std::string text;   ///< occurs in a span's name, service, status message, attributes, or begins the trace
                        ///< id; empty: any
    std::string owner;  ///< the trace is this user's (Store::ownerOf); empty: anyone's
    std::optional<TracePosition> before;  ///< behind this one in the list; empty: from the newest
    std::size_t limit = 50;               ///< 1 to 1000
};

}
