#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sidespan_http_server/access_tokens.h>
#include <sidespan_http_server/allowed_origins.h>
#include <sidespan_http_server/route.h>
#include <sidespan_http_server/server_request.h>
#include <boost/beast/http/message.hpp>

namespace sidespan::http_server {

/// Decides about a request by its head alone, before any of its body is read: where it leads, whether the
/// caller may, and what it may send. [any thread]
class RequestGate {
public:
    RequestGate(const AccessTokens& tokens, const AllowedOrigins& origins, std::vector<Route> routes)
        : tokens_(tokens), origins_(origins), routes_(std::move(routes)) {}

    using Head = boost::beast::http::request_header<>;
    /// Fills in what the head says. The answer of a request that is refused; empty for one that may come in.
    [[nodiscard]] std::optional<ServerResponse> admit(const Head& head, ServerRequest& request) const;

    /// Whether answers differ by the page that asks.
    [[nodiscard]] bool looksAtOrigins() const noexcept { return !origins_.empty(); }
    /// The origin whose page may read the answer; empty for a page of this server, or of one that may not.
    [[nodiscard]] std::string allowedOrigin(const Head& head) const;

private:
    [[nodiscard]] std::optional<ServerResponse> refuseOrigin(const Head& head) const;
    [[nodiscard]] static std::optional<ServerResponse> judgeBody(const Head& head, ServerRequest& request);

    const AccessTokens& tokens_;
    const AllowedOrigins& origins_;
    RouteTable routes_;
};

}
