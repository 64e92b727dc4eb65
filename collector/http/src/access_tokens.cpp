#include <sidespan_http_server/access_tokens.h>

#include <stdexcept>
#include <utility>

#include <sidespan_http_server/crypto.h>

namespace sidespan::http_server {

AccessTokens::AccessTokens(std::string token, std::optional<TokenSigner> signer, TokenClock clock)
    : token_(std::move(token)), signer_(std::move(signer)), clock_(std::move(clock)) {
    if (!clock_) clock_ = std::chrono::system_clock::now;
    for (const char c : token_) {
        if (c <= ' ' || c > '~') throw std::runtime_error("the token must be printable ASCII without spaces");
    }
}

Caller AccessTokens::identify(std::string_view bearer) const {
    Caller caller{.bearer = std::string(bearer)};
    const auto signedIn = signer_ && !bearer.empty() ? signer_->verify(bearer) : std::nullopt;
    if (signedIn) {
        caller.mayEnter = clock_() < signedIn->expires;
        if (caller.mayEnter) caller.userId = signedIn->userId;
    } else if (isOpen()) {
        caller.mayEnter = bearer.empty() || !signer_;
    } else {
        caller.mayEnter = equalConstantTime(bearer, token_);
    }
    return caller;
}

}
