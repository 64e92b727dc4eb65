#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <sidespan_http_server/caller.h>
#include <sidespan_http_server/token_signer.h>
#include <sidespan_http_server/token_source.h>

namespace sidespan::http_server {

/// By which tokens expire; empty: the system clock.
using TokenClock = std::function<std::chrono::system_clock::time_point()>;

/// Tells by the bearer token who may enter and what they may do: who sends the server's own token (admin),
/// who is signed in (ingest and read), and whose token is kept in a source. A server without a token of its
/// own or in the source is open to all (admin), but a token that is wrong or expired is refused all the same.
/// [any thread]
class AccessTokens {
public:
    /// `token` is empty for a server without one; `signer` is empty where nobody signs in. Throws
    /// std::runtime_error for a token that no header can hold.
    AccessTokens(std::string token, std::optional<TokenSigner> signer, TokenClock clock = {},
                 std::shared_ptr<const TokenSource> source = {});

    /// The server is not open from now on, whatever tokens there are: other machines can reach it.
    void neverOpen() noexcept { mayBeOpen_ = false; }
    [[nodiscard]] bool isOpen() const {
        return mayBeOpen_ && token_.empty() && (!source_ || source_->isEmpty());
    }
    [[nodiscard]] Caller identify(std::string_view bearer) const;

private:
    [[nodiscard]] std::optional<Caller> signedIn(std::string_view bearer) const;

    bool mayBeOpen_ = true;
    std::string token_;
    std::optional<TokenSigner> signer_;
    TokenClock clock_;
    std::shared_ptr<const TokenSource> source_;
};

}
