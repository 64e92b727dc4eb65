#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sidespan/propagation/extract.h>

#include <sidespan_http_server/body_budget.h>
#include <sidespan_http_server/caller.h>
#include <sidespan_http_server/request_target.h>
#include <sidespan_http_server/request_trace.h>
#include <sidespan_http_server/route.h>

namespace sidespan::http_server {

/// A request on its way through the server. What its head said is there from the beginning, as far as it was
/// looked at before the request was refused.
struct ServerRequest {
    std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();  ///< its head was read
    std::string peer;  ///< the sender's address, without a port; behind a trusted proxy, the client's
    std::string method;
    std::string path;              ///< decoded; empty when the target is not a path
    const Route* route = nullptr;  ///< null when nothing is there; lives as long as the server
    std::string parameter;         ///< the value of `{id}` or `{text}` in the path
    QueryParameters query;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string contentType;  ///< lower case, without parameters
    bool isGzip = false;      ///< of the body, where the route takes that
    Caller caller;            ///< nobody until the token was checked
    bool isCounted = false;   ///< by the limits; false if it has no limit or was refused before
    RemoteContext remote;  ///< the trace that the caller named; its trace id is not valid when it named none

    std::string body;
    BodyBudget::Reservation reservation;  ///< what the body and all made from it takes
    std::unique_ptr<RequestTrace> trace;

    /// The first header of that name, whatever the case; empty when there is none.
    [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
    /// Milliseconds since its head was read.
    [[nodiscard]] double elapsedMs() const;
};

/// Ends the request's trace and sends the answer.
void finish(ServerRequest& request, const Respond& respond, ServerResponse response);

}
