#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sidespan_collector/collector.h>

#include "secrets.h"

namespace sidespan::collector {

/// What a sign-in gives.
struct Grant {
    std::string token;
    std::string userId;
    std::chrono::seconds lifetime{};
};

/// The users and the tokens they hold. Tokens are kept as digests, in memory: a restart signs everyone out.
/// [any thread]
class Accounts {
public:
    /// Throws std::runtime_error for a name that is empty, too long, given twice or not UTF-8, or an empty
    /// password.
    Accounts(const std::vector<User>& users, std::chrono::seconds tokenLifetime, TokenClock clock);

    [[nodiscard]] bool areThere() const noexcept { return !users_.empty(); }

    /// Empty for a wrong name or password; both take the same time.
    [[nodiscard]] std::optional<Grant> signIn(const std::string& name, std::string_view password);
    /// A new token for one that is valid or expired less than `renewable` ago, which stays as it is.
    [[nodiscard]] std::optional<Grant> refresh(std::string_view token);
    /// Whose token it is; empty for one that is unknown or expired.
    [[nodiscard]] std::optional<std::string> userOf(std::string_view token) const;

    static constexpr std::chrono::hours renewable{24};
    static constexpr std::size_t mostTokens = 10'000;  ///< beyond it the oldest one ends early

    /// The same for the same name, in every collector: a version 5 UUID (RFC 9562, section 5.5).
    [[nodiscard]] static std::string userIdOf(std::string_view name);

private:
    struct Token {
        std::string userId;
        std::chrono::steady_clock::time_point expires;
    };
    [[nodiscard]] Grant issue(const std::string& userId);
    void forgetOld(std::chrono::steady_clock::time_point now);

    std::map<std::string, PasswordHash> users_;
    PasswordHash nobody_;
    std::chrono::seconds lifetime_;
    TokenClock clock_;
    mutable std::mutex mutex_;
    std::map<Digest, Token> tokens_;
    std::deque<Digest> order_;  ///< of tokens_, oldest first, which is by expiry too
};

}
