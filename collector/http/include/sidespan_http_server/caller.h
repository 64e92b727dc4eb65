#pragma once

#include <string>

#include <sidespan_http_server/access_scope.h>

namespace sidespan::http_server {

/// Who sent a request.
struct Caller {
    bool mayEnter = false;
    Scopes scopes{};
    std::string userId{};      ///< the user who sent the request; empty if nobody signed in
    std::string tokenId{};     ///< identifies the token without revealing it; also for an expired token
    std::string bearer{};      ///< the token as it was sent; may be empty
    bool isUndecided = false;  ///< the tokens could not be read yet, so it is not known; `mayEnter` is false

    /// Whether the caller may read what others sent.
    [[nodiscard]] bool readsAll() const noexcept { return scopes.has(Scope::readAll); }
};

}
