#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <sidespan_http_server/access_scope.h>
#include <sidespan_http_server/crypto.h>

#include "store/open_store.h"

namespace sidespan::collector {

/// What is stored of a token: enough to recognise it, not enough to use it.
struct StoredToken {
    std::string id;                ///< 16 hex digits; part of the token
    http_server::Digest digest{};  ///< SHA-256 of the token's secret, which has 256 random bits
    http_server::Scopes scopes{};
    std::string owner;
    std::int64_t createdUnixMs = 0;
    std::int64_t revokedUnixMs = 0;  ///< 0 while it is valid
};

/// The table of tokens in the database of the spans, SQLite or PostgreSQL. Rows are added and revoked, never
/// removed. One thread at a time; blocks. Throws StoreUnavailable, or another std::exception.
class TokenTable {
public:
    virtual ~TokenTable() = default;

    /// A text that differs after each change, no matter who made it.
    [[nodiscard]] virtual std::string state() = 0;
    /// The oldest first.
    [[nodiscard]] virtual std::vector<StoredToken> load() = 0;
    virtual void add(const StoredToken& token) = 0;
    /// False if there is no valid token with that id.
    [[nodiscard]] virtual bool revoke(const std::string& id, std::int64_t nowUnixMs) = 0;
};

/// The table of a store. Opens the store at the first use. A file that does not exist has no tokens; add()
/// creates it.
[[nodiscard]] std::unique_ptr<TokenTable> openTokenTable(const StoreOptions& options);

}
