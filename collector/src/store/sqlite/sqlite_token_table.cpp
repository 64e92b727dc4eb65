#include "store/sqlite/sqlite_token_table.h"

#include "access/digest_text.h"
#include "store/sqlite/or_unavailable.h"
#include "store/sqlite/sqlite_schema.h"

namespace sidespan::collector::sqlite {

namespace {

constexpr const char* tokenTable = R"sql(
CREATE TABLE IF NOT EXISTS access_tokens (
    id TEXT PRIMARY KEY NOT NULL,
    digest TEXT NOT NULL,  -- SHA-256 of the secret, in hex
    scopes TEXT NOT NULL,
    owner TEXT NOT NULL,
    created_unix_ms BIGINT NOT NULL,
    revoked_unix_ms BIGINT
))sql";

}

bool SqliteTokenTable::openExisting() {
    if (hasTable_) return true;
    if (!database_) {
        if (!std::filesystem::exists(file_)) return false;
        database::Database database(file_, database::Database::Mode::readWrite, wait_);
        checkSchema(database);
        database_ = std::move(database);
    }
    hasTable_ = database_->integer("SELECT count(*) FROM sqlite_master WHERE name = 'access_tokens'") == 1;
    return hasTable_;
}

database::Database& SqliteTokenTable::openToWrite() {
    if (openExisting()) return *database_;
    if (!database_) {
        database::requireFileName(file_);
        database_.emplace(file_, database::Database::Mode::readWrite, wait_);
    }
    prepareSchema(*database_);
    database_->execute(tokenTable);
    hasTable_ = true;
    return *database_;
}

// A database that is locked for a while may still have tokens.
std::string SqliteTokenTable::state() {
    return orUnavailable([this]() -> std::string {
        if (!openExisting()) return {};
        auto statement =
            database_->prepare("SELECT count(*) || '/' || count(revoked_unix_ms) FROM access_tokens");
        return statement.step() ? std::string(statement.text(0)) : std::string();
    });
}

std::vector<StoredToken> SqliteTokenTable::load() {
    return orUnavailable([this] {
        std::vector<StoredToken> tokens;
        if (!openExisting()) return tokens;
        auto row = database_->prepare(
            "SELECT id, digest, scopes, owner, created_unix_ms, revoked_unix_ms FROM access_tokens "
            "ORDER BY created_unix_ms, id");
        while (row.step()) {
            tokens.push_back({std::string(row.text(0)), digestOf(row.text(1)),
                              http_server::Scopes::parse(row.text(2)), std::string(row.text(3)),
                              row.integer(4), row.integer(5)});
        }
        return tokens;
    });
}

void SqliteTokenTable::add(const StoredToken& token) {
    const auto digest = http_server::toHex(token.digest);
    const auto scopes = token.scopes.toText();
    auto insert = openToWrite().prepare(
        "INSERT INTO access_tokens (id, digest, scopes, owner, created_unix_ms) VALUES (?1, ?2, ?3, ?4, ?5)");
    insert.bind(1, token.id)
        .bind(2, digest)
        .bind(3, scopes)
        .bind(4, token.owner)
        .bind(5, token.createdUnixMs);
    insert.run();
}

bool SqliteTokenTable::revoke(const std::string& id, std::int64_t nowUnixMs) {
    if (!openExisting()) return false;
    auto update = database_->prepare(
        "UPDATE access_tokens SET revoked_unix_ms = ?2 WHERE id = ?1 AND revoked_unix_ms IS NULL");
    update.bind(1, id).bind(2, nowUnixMs);
    update.run();
    return database_->changes() == 1;
}

}
