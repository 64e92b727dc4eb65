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

/// The clock by which tokens expire; empty: the system clock.
using TokenClock = std::function<std::chrono::system_clock::time_point()>;

/// Finds out from the bearer token who the caller is and what the caller may do: the server's own token
/// (admin), a user who signed in (ingest and read), or a token of a source. A server that has no token,
/// neither its own nor in the source, is open to everyone (admin). Even then a wrong or expired token is
/// refused.
/// [any thread]
class AccessTokens {
public:
    /// `token` is empty for a server without a token; `signer` is empty if no user signs in. Throws
    /// std::runtime_error for a token that no header can hold.
    AccessTokens(std::string token, std::optional<TokenSigner> signer, TokenClock clock = {},
                 std::shared_ptr<const TokenSource> source = {});

    /// From now on the server is not open, even without tokens: other machines can reach it.
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
