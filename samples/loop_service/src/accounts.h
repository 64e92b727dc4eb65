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

/// What a sign-in gives.
struct Grant {
    std::string token;
    std::string userId;
    std::chrono::seconds lifetime{};
};

/// The users, and the tokens they are given. Tokens are signed and stored nowhere, so no number of them costs
/// anything. [any thread]
class Accounts {
public:
    /// Throws std::runtime_error for a name that is empty, too long, given twice or not UTF-8, or an empty
    /// password.
    Accounts(const std::vector<User>& users, sidespan::http_server::TokenSigner signer,
             std::chrono::seconds tokenLifetime, sidespan::http_server::TokenClock clock);

    [[nodiscard]] bool areThere() const noexcept { return !users_.empty(); }

    /// Empty for a wrong name or password; both take the same time.
    [[nodiscard]] std::optional<Grant> signIn(const std::string& name, std::string_view password) const;
    /// A new token for one that is valid or expired less than `renewable` ago, which stays as it is.
    [[nodiscard]] std::optional<Grant> refresh(std::string_view token) const;

    static constexpr std::chrono::hours renewable{24};

    /// The same for the same name, in every service: a version 5 UUID (RFC 9562, section 5.5).
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
