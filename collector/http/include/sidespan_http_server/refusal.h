#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <sidespan_http_server/server_response.h>

namespace sidespan::http_server {

/// Why a request was refused by its head.
enum class RefusalKind : std::uint8_t {
    none,     ///< it was not: a preflight, answered by its head
    request,  ///< it is not one that anybody may send: a path, a method, a body that is not taken
    busy,     ///< whether it may be sent is not known now
    host,     ///< it names a host that this server is not
    origin,   ///< it comes from a page of another server
    token,    ///< it has no token that is valid
    scope,    ///< its token is for something else
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
