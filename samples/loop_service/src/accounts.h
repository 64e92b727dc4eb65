#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <loop_service/loop_service.h>
#include <sidespan_http_server/token_signer.h>

#include "password_hash.h"

namespace loop_service {

/// The result of a sign-in.
struct Grant {
    std::string token;
    std::string userId;
    std::chrono::seconds lifetime{};
};

/// The users and their tokens. Tokens are signed, not stored, so they take no memory. [any thread]
class Accounts {
public:
    /// Throws std::runtime_error if a name is empty, too long, not UTF-8 or occurs twice, or if a password is
    /// empty.
    Accounts(const std::vector<User>& users, sidespan::http_server::TokenSigner signer,
             std::chrono::seconds tokenLifetime, sidespan::http_server::TokenClock clock);

    [[nodiscard]] bool areThere() const noexcept { return !users_.empty(); }

    /// Empty if the name or the password is wrong. Both take the same time.
    [[nodiscard]] std::optional<Grant> signIn(const std::string& name, std::string_view password) const;
    /// A new token, if this one is valid or expired less than `renewable` ago. The old one stays valid until
    /// it expires.
    [[nodiscard]] std::optional<Grant> refresh(std::string_view token) const;

    static constexpr std::chrono::hours renewable{24};

    /// A version 5 UUID (RFC 9562, section 5.5): every service gives the same id to a name.
    [[nodiscard]] static std::string userIdOf(std::string_view name);

private:
    [[nodiscard]] Grant issue(const std::string& userId) const;

    std::map<std::string, PasswordHash> users_;
    PasswordHash nobody_;
    sidespan::http_server::TokenSigner signer_;
    std::chrono::seconds lifetime_;
    sidespan::http_server::TokenClock clock_;
};

}
