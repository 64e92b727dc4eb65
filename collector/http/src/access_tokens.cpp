#include <sidespan_http_server/access_tokens.h>

#include <stdexcept>
#include <utility>

#include <sidespan_http_server/crypto.h>

namespace sidespan::http_server {

AccessTokens::AccessTokens(std::string token, std::optional<TokenSigner> signer, TokenClock clock,
                           std::shared_ptr<const TokenSource> source)
    : token_(std::move(token)),
      signer_(std::move(signer)),
      clock_(std::move(clock)),
      source_(std::move(source)) {
    if (!clock_) clock_ = std::chrono::system_clock::now;
    for (const char c : token_) {
        if (c <= ' ' || c > '~') throw std::runtime_error("the token must be printable ASCII without spaces");
    }
}

Caller AccessTokens::identify(std::string_view bearer) const {
    Caller caller;
    if (auto user = signedIn(bearer)) {
        caller = std::move(*user);
    } else if (!token_.empty() && equalConstantTime(bearer, token_)) {
        caller = {.mayEnter = true, .scopes = {Scope::admin}, .tokenId = "own"};
    } else if (isOpen()) {
        if (bearer.empty() || !signer_) caller = {.mayEnter = true, .scopes = {Scope::admin}};
    } else if (source_) {
        if (auto found = source_->find(bearer)) caller = std::move(*found);
    }
    caller.bearer = bearer;
    return caller;
}

std::optional<Caller> AccessTokens::signedIn(std::string_view bearer) const {
    const auto token = signer_ && !bearer.empty() ? signer_->verify(bearer) : std::nullopt;
    if (!token) return std::nullopt;
    Caller caller{.tokenId = "user:" + token->userId};
    if (clock_() >= token->expires) return caller;
    caller.mayEnter = true;
    caller.scopes = {Scope::ingest, Scope::read};
    caller.userId = token->userId;
    return caller;
}

}
