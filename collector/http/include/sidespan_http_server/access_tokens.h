#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <sidespan_http_server/token_signer.h>

namespace sidespan::http_server {

/// By which tokens expire; empty: the system clock.
using TokenClock = std::function<std::chrono::system_clock::time_point()>;

/// Who sent a request.
struct Caller {
    bool mayEnter = false;
    std::string userId{};  ///< empty when nobody is signed in
    std::string bearer{};  ///< the token as it was sent; may be empty
};

/// Tells who may enter by the bearer token: who sends the server's own token, and who is signed in. A server
/// without a token of its own is open to all, but a token that is wrong or expired is refused all the same.
/// [any thread]
class AccessTokens {
public:
    /// `token` is empty for a server that is open; `signer` is empty where nobody signs in. Throws
    /// std::runtime_error for a token that no header can hold.
    AccessTokens(std::string token, std::optional<TokenSigner> signer, TokenClock clock = {});

    [[nodiscard]] bool isOpen() const noexcept { return token_.empty(); }
    [[nodiscard]] Caller identify(std::string_view bearer) const;

private:
    std::string token_;
    std::optional<TokenSigner> signer_;
    TokenClock clock_;
};

}
