#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sidespan::http_server {

/// What a signed token says.
struct SignedToken {
    std::string userId;
    std::chrono::sys_seconds expires{};
};

/// Makes tokens that tell whose they are and until when, signed with a key: whoever has the key can check
/// them, and nothing is stored of them. A token is `<user id>.<expiry, Unix seconds>.<random>.<HMAC-SHA256>`.
/// [any thread]
class TokenSigner {
public:
    static constexpr std::size_t leastKeyBytes = 16;

    /// Throws std::runtime_error for a key of less than `leastKeyBytes`.
    explicit TokenSigner(std::string key);

    [[nodiscard]] std::string sign(const SignedToken& token) const;
    /// Empty for what was not signed with this key. Does not look at the time.
    [[nodiscard]] std::optional<SignedToken> verify(std::string_view text) const;

private:
    std::string key_;
};

}
