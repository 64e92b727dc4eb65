#pragma once

#include <optional>
#include <string>

#include <sidespan/client_type.h>
#include <sidespan/span_id.h>
#include <sidespan/trace_id.h>
#include <boost/beast/http/fields.hpp>

namespace sidespan::collector {

/// What a client said of itself in a request's head.
struct TraceHeaders {
    TraceId traceId;
    SpanId spanId;  ///< of the client's span; not valid when only the trace was named
    ClientType clientType = ClientType::plugin;
    std::string clientVersion;  ///< at most 32 bytes; empty when there was none or a longer one
};

/// Reads `traceparent`, else `X-Trace-ID` with `X-Span-ID`. Empty when neither names a trace.
[[nodiscard]] std::optional<TraceHeaders> readTraceHeaders(const boost::beast::http::fields& fields);

}
