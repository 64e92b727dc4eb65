#include <sidespan_collector/tokens.h>

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>
#include <sidespan_database/time_text.h>

#include "access/token_directory.h"
#include "access/token_table.h"
#ifdef SIDESPAN_COLLECTOR_POSTGRES
#include "store/postgres/postgres_token_table.h"
#endif
#include "store/sqlite/sqlite_token_table.h"

namespace sidespan::collector {

namespace {

std::unique_ptr<TokenTable> tableOf(const std::string& store) {
    StoreOptions options;
    options.address = store;
    return openTokenTable(options);
}

void requireOwner(const std::string& owner) {
    constexpr std::size_t most = 64;
    const bool isPrintable =
        std::all_of(owner.begin(), owner.end(), [](char c) { return c >= ' ' && c <= '~'; });
    if (owner.empty() || owner.size() > most || !isPrintable) {
        throw std::invalid_argument(
            fmt::format("the owner of a token must be a name of 1 to {} printable ASCII characters", most));
    }
}

}

std::unique_ptr<TokenTable> openTokenTable(const StoreOptions& options) {
#ifdef SIDESPAN_COLLECTOR_POSTGRES
    if (isPostgres(options.address)) return std::make_unique<postgres::PostgresTokenTable>(options);
#endif
    return std::make_unique<sqlite::SqliteTokenTable>(sqliteFile(options.address));
}

Tokens::Created Tokens::create(http_server::Scopes scopes, const std::string& owner) {
    requireOwner(owner);
    if (scopes.empty()) throw std::invalid_argument("a token needs a scope");
    const auto secret = http_server::newToken();
    StoredToken token{.id = http_server::newToken().substr(0, TokenDirectory::idDigits),
                      .digest = http_server::sha256(secret),
                      .scopes = scopes,
                      .owner = owner,
                      .createdUnixMs = database::unixMsNow()};
    tableOf(store_)->add(token);
    return {token.id, TokenDirectory::tokenText(token.id, secret)};
}

std::vector<Tokens::Entry> Tokens::list() {
    std::vector<Entry> entries;
    for (auto& token : tableOf(store_)->load())
        entries.push_back({std::move(token.id), token.scopes, std::move(token.owner), token.createdUnixMs,
                           token.revokedUnixMs});
    return entries;
}

bool Tokens::revoke(const std::string& id) {
    return tableOf(store_)->revoke(id, database::unixMsNow());
}

}
