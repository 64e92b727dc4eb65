#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sidespan_http_server/access_tokens.h>
#include <sidespan_http_server/allowed_origins.h>
#include <sidespan_http_server/client_address.h>
#include <sidespan_http_server/refusal.h>
#include <sidespan_http_server/request_limiter.h>
#include <sidespan_http_server/route.h>
#include <sidespan_http_server/server_request.h>
#include <boost/beast/http/message.hpp>

namespace sidespan::http_server {

/// By what a gate decides; lives longer than the gate.
struct GateRules {
    const AccessTokens& tokens;
    const AllowedOrigins& origins;
    const TrustedProxies& proxies;
    RequestLimiter& limiter;
};

/// Decides about a request by its head alone, before any of its body is read: where it leads, whether the
/// caller may, how often, and what it may send. [any thread]
class RequestGate {
public:
    RequestGate(GateRules rules, std::vector<Route> routes) : rules_(rules), routes_(std::move(routes)) {}

    using Head = boost::beast::http::request_header<>;
    /// Fills in what the head says; `request.peer` is the address of the other side. Empty for a request that
    /// may come in.
    [[nodiscard]] std::optional<Refusal> admit(const Head& head, ServerRequest& request) const;
    /// Counts a body whose size the head did not tell.
    void chargeBody(const ServerRequest& request) const;

    /// Whether answers differ by the page that asks.
    [[nodiscard]] bool looksAtOrigins() const noexcept { return !rules_.origins.empty(); }
    /// The origin whose page may read the answer; empty for a page of this server, or of one that may not.
    [[nodiscard]] std::string allowedOrigin(const Head& head) const;

private:
    [[nodiscard]] std::optional<Refusal> refuseOrigin(const Head& head) const;
    [[nodiscard]] std::optional<Refusal> findRoute(const Head& head, ServerRequest& request) const;
    [[nodiscard]] std::optional<Refusal> judgeCaller(const Head& head, ServerRequest& request) const;
    [[nodiscard]] static std::optional<Refusal> judgeBody(const Head& head, ServerRequest& request);

    GateRules rules_;
    RouteTable routes_;
};

}
