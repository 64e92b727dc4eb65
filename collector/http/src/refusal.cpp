#include <sidespan_http_server/refusal.h>

#include <array>

namespace sidespan::http_server {

std::string_view toString(RefusalKind kind) noexcept {
    constexpr std::array<std::string_view, refusalKinds> names{
        "none",  "request", "busy",          "host",        "origin",
        "token", "scope",   "address_limit", "token_limit", "installation_limit"};
    return names[static_cast<std::size_t>(kind)];
}

Refusal refusal(RefusalKind kind, boost::beast::http::status status, std::string_view reason) {
    return {kind, std::string(reason), errorResponse(status, reason)};
}

}
