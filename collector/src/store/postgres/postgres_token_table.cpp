#include "store/postgres/postgres_token_table.h"

#include <fmt/format.h>

#include "access/digest_text.h"
#include "store/postgres/postgres_schema.h"

namespace sidespan::collector::postgres {

namespace {

// Two connections that create a table at the same moment conflict, so its existence is checked first.
constexpr const char* isThereSql = "SELECT to_regclass('access_tokens') IS NOT NULL";
constexpr const char* tokenTable = R"sql(
CREATE TABLE IF NOT EXISTS access_tokens (
    id text PRIMARY KEY,
    digest text NOT NULL,  -- SHA-256 of the secret, in hex
    scopes text NOT NULL,
    owner text NOT NULL,
    created_unix_ms bigint NOT NULL,
    revoked_unix_ms bigint
))sql";

}

template <class Work>
auto PostgresTokenTable::run(Work work) {
    return session_.run([&](database::PostgresConnection& connection) {
        if (!isMade_ && !connection.execute(isThereSql).boolean(0, 0)) {
            database::PostgresTransaction transaction(connection);
            connection.execute(fmt::format("SELECT pg_advisory_xact_lock({})", keysOf(AdvisoryLock::tokens)));
            connection.execute(tokenTable);
            transaction.commit();
        }
        isMade_ = true;
        return work(connection);
    });
}

std::string PostgresTokenTable::state() {
    return run([](database::PostgresConnection& connection) {
        const auto rows =
            connection.execute("SELECT count(*) || '/' || count(revoked_unix_ms) FROM access_tokens");
        return std::string(rows.text(0, 0));
    });
}

std::vector<StoredToken> PostgresTokenTable::load() {
    return run([](database::PostgresConnection& connection) {
        const auto rows = connection.execute(
            "SELECT id, digest, scopes, owner, created_unix_ms, revoked_unix_ms FROM access_tokens "
            "ORDER BY created_unix_ms, id");
        std::vector<StoredToken> tokens;
        for (int i = 0; i < rows.rows(); ++i) {
            tokens.push_back({std::string(rows.text(i, 0)), digestOf(rows.text(i, 1)),
                              http_server::Scopes::parse(rows.text(i, 2)), std::string(rows.text(i, 3)),
                              rows.integer(i, 4), rows.integer(i, 5)});
        }
        return tokens;
    });
}

void PostgresTokenTable::add(const StoredToken& token) {
    run([&](database::PostgresConnection& connection) {
        return connection.execute(
            "INSERT INTO access_tokens (id, digest, scopes, owner, created_unix_ms) VALUES ($1, $2, $3, $4, "
            "$5)",
            database::PostgresParameters()
                .add(token.id)
                .add(http_server::toHex(token.digest))
                .add(token.scopes.toText())
                .add(token.owner)
                .add(token.createdUnixMs));
    });
}

bool PostgresTokenTable::revoke(const std::string& id, std::int64_t nowUnixMs) {
    return run([&](database::PostgresConnection& connection) {
        return connection
                   .execute(
                       "UPDATE access_tokens SET revoked_unix_ms = $2 WHERE id = $1 AND revoked_unix_ms IS "
                       "NULL",
                       database::PostgresParameters().add(id).add(nowUnixMs))
                   .changed() == 1;
    });
}

}
