#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sidespan_http_server/access_scope.h>

namespace sidespan::collector {

/// The tokens of a store; collectors that run take a change within two seconds. Each call opens the store,
/// and throws std::runtime_error when it does not answer.
class Tokens {
public:
    /// `store` is an address as CollectorOptions::store has it.
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
        std::string token;  ///< stored nowhere
    };

    /// Makes a token. `owner` is whose spans are stored with it, and may be read with the scope `read`: 1 to
    /// 64 printable ASCII characters. Throws std::invalid_argument for another one, and for no scope.
    [[nodiscard]] Created create(http_server::Scopes scopes, const std::string& owner);
    /// The oldest first, with those that were revoked.
    [[nodiscard]] std::vector<Entry> list();
    /// False when there is no valid token of that id.
    [[nodiscard]] bool revoke(const std::string& id);

private:
    std::string store_;
};

}
