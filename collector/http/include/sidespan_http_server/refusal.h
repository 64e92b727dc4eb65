#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <sidespan_http_server/server_response.h>

namespace sidespan::http_server {

/// Why a request was refused because of its head.
enum class RefusalKind : std::uint8_t {
    none,     ///< it was not refused: a preflight request, which ends with its head
    request,  ///< a path, a method or a body that the server does not accept
    busy,     ///< the tokens cannot be read now
    host,     ///< it names another host
    origin,   ///< it comes from a page of an origin that is not allowed
    token,    ///< it has no valid token
    scope,    ///< its token lacks the scope
    addressLimit,
    tokenLimit,
    installationLimit,
};
inline constexpr std::size_t refusalKinds = 10;

/// `request`, `address_limit`, …
[[nodiscard]] std::string_view toString(RefusalKind kind) noexcept;

/// A request that ends with its head, and the answer to it.
struct Refusal {
    RefusalKind kind = RefusalKind::request;
    std::string reason;
    ServerResponse response;
};

/// With the reason as the answer's error.
[[nodiscard]] Refusal refusal(RefusalKind kind, boost::beast::http::status status, std::string_view reason);

}
