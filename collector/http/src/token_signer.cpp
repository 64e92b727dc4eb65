#include <sidespan_http_server/token_signer.h>

#include <charconv>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include <sidespan_http_server/crypto.h>

namespace sidespan::http_server {

TokenSigner::TokenSigner(std::string key) : key_(std::move(key)) {
    if (key_.size() < leastKeyBytes) {
        throw std::runtime_error(
            fmt::format("a key that signs tokens must have at least {} bytes; this one has {}", leastKeyBytes,
                        key_.size()));
    }
}

std::string TokenSigner::sign(const SignedToken& token) const {
    auto text = fmt::format("{}.{}.{}", token.userId, token.expires.time_since_epoch().count(),
                            newToken().substr(0, 16));
    return fmt::format("{}.{}", text, toHex(hmacSha256(key_, text)));
}

std::optional<SignedToken> TokenSigner::verify(std::string_view text) const {
    const auto signature = text.rfind('.');
    if (signature == text.npos) return std::nullopt;
    const auto content = text.substr(0, signature);
    if (!equalConstantTime(text.substr(signature + 1), toHex(hmacSha256(key_, content)))) return std::nullopt;
    const auto random = content.rfind('.');
    const auto expiry = content.rfind('.', random - 1);
    std::int64_t seconds = 0;
    std::from_chars(content.data() + expiry + 1, content.data() + random, seconds);
    return SignedToken{std::string(content.substr(0, expiry)),
                       std::chrono::sys_seconds(std::chrono::seconds(seconds))};
}

}
