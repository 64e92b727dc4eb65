#pragma once

#include <cstddef>

namespace sidespan::http_server {

struct ServerResponse;

/// How an application traces one request. Made when the request's head was read; used by one thread at a
/// time, in this order: body, end.
class RequestTrace {
public:
    virtual ~RequestTrace() = default;

    /// The server begins to wait for the body. Not called for a request without one.
    virtual void bodyBegins() = 0;
    /// The body is whole; `bytes` is 0 when there was none.
    virtual void bodyEnds(std::size_t bytes) = 0;
    /// The request is answered: ends the trace, and adds its headers to the answer. Once.
    virtual void end(ServerResponse& response) = 0;
};

}
