#pragma once

#include <string>

#include <sidespan_http_server/access_scope.h>

namespace sidespan::http_server {

/// Who sent a request.
struct Caller {
    bool mayEnter = false;
    Scopes scopes{};
    std::string userId{};   ///< whose the request is; empty when nobody is signed in
    std::string tokenId{};  ///< names the token without giving it away; also of one that is no longer valid
    std::string bearer{};   ///< the token as it was sent; may be empty
    bool isUndecided =
        false;  ///< the tokens could not be read yet, so that nobody knows; `mayEnter` is false

    /// Whether it may read what others sent.
    [[nodiscard]] bool readsAll() const noexcept { return scopes.has(Scope::readAll); }
};

}
