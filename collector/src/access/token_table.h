#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <sidespan_http_server/access_scope.h>
#include <sidespan_http_server/crypto.h>

#include "store/open_store.h"

namespace sidespan::collector {

/// What is stored of a token: enough to know it again, not to send it.
struct StoredToken {
    std::string id;                ///< 16 hex digits; part of the token
    http_server::Digest digest{};  ///< SHA-256 of the token's secret, which has 256 random bits
    http_server::Scopes scopes{};
    std::string owner;
    std::int64_t createdUnixMs = 0;
    std::int64_t revokedUnixMs = 0;  ///< 0 while it is valid
};

/// Where tokens are kept: a table beside the spans, in SQLite or PostgreSQL. Rows are added and revoked,
/// never removed. One thread at a time; blocks. Throws StoreUnavailable, or another std::exception.
class TokenTable {
public:
    virtual ~TokenTable() = default;

    /// Another text after each change, whoever made it.
    [[nodiscard]] virtual std::string state() = 0;
    /// The oldest first.
    [[nodiscard]] virtual std::vector<StoredToken> load() = 0;
    virtual void add(const StoredToken& token) = 0;
    /// False when there is no token of that id that is valid.
    [[nodiscard]] virtual bool revoke(const std::string& id, std::int64_t nowUnixMs) = 0;
};

/// The table of a store. Opens it at the first use: a file that is not there holds no token, and is made by
/// add().
[[nodiscard]] std::unique_ptr<TokenTable> openTokenTable(const StoreOptions& options);

}
