#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sidespan_http_server/access_scope.h>

namespace sidespan::collector {

/// The tokens of a store. Running collectors notice a change within two seconds. Each call opens the store,
/// and throws std::runtime_error if it does not answer.
class Tokens {
public:
    /// `store` is an address as in CollectorOptions::store.
    explicit Tokens(std::string store) : store_(std::move(store)) {}

    struct Entry {
        std::string id;
        http_server::Scopes scopes{};
        std::string owner;
        std::int64_t createdUnixMs = 0;
        std::int64_t revokedUnixMs = 0;  ///< 0 while it is valid
    };
    struct Created {
        std::string id;
        std::string token;  ///< not stored
    };

    /// Creates a token. `owner` is stored with its spans, and the scope `read` gives access to the owner's
    /// data: 1 to 64 printable ASCII characters. Throws std::invalid_argument for another owner, or without a
    /// scope.
    [[nodiscard]] Created create(http_server::Scopes scopes, const std::string& owner);
    /// All tokens, the oldest first, including revoked ones.
    [[nodiscard]] std::vector<Entry> list();
    /// False if there is no valid token with that id.
    [[nodiscard]] bool revoke(const std::string& id);

private:
    std::string store_;
};

}
