#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include <sidespan/span_status.h>

namespace sidespan::collector {

/// Which traces a list holds.
struct TraceQuery {
    std::string name;     ///< some span has exactly this name; empty: any
    std::string service;  ///< some span was recorded by exactly this product; empty: any
    std::optional<SpanStatus>
        status;  ///< of the trace: error when a span failed, else cancelled when one was
    std::int64_t minDurationNanos = 0;  ///< of the root span
    std::string text;   ///< occurs in a span's name, service, status message, attributes, or begins the trace
                        ///< id; empty: any
    std::string owner;  ///< the trace is this user's (Store::ownerOf); empty: anyone's
    std::size_t limit = 50;  ///< 1 to 1000
};

}
