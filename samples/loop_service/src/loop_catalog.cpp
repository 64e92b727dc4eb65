#include "loop_catalog.h"

#include <stdexcept>

#include <sidespan_database/schema_version.h>

namespace loop_service {

namespace {

constexpr std::int64_t applicationId = 0x4c4f4f50;  // "LOOP"
constexpr std::int64_t version = 1;

constexpr const char* tables = R"sql(
CREATE TABLE audio_loops (
    id UUID PRIMARY KEY NOT NULL,
    name VARCHAR(255) NOT NULL,
    content_type VARCHAR(64) NOT NULL,
    bytes BIGINT NOT NULL,
    user_id UUID,
    uploaded_unix_ms BIGINT NOT NULL
);
CREATE INDEX idx_audio_loops_newest ON audio_loops (uploaded_unix_ms);
)sql";

constexpr std::string_view insertSql = R"sql(
INSERT INTO audio_loops (id, name, content_type, bytes, user_id, uploaded_unix_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, user_id = excluded.user_id,
    uploaded_unix_ms = max(uploaded_unix_ms, excluded.uploaded_unix_ms))sql";
constexpr std::string_view totalsSql =
    "SELECT count(*), coalesce(sum(bytes), 0), coalesce(max(id = ?1), 0) FROM audio_loops";
constexpr std::string_view listLoopsSql =
    "SELECT id, name, content_type, bytes, user_id, uploaded_unix_ms FROM audio_loops"
    " ORDER BY uploaded_unix_ms DESC, rowid DESC LIMIT ?1";
constexpr std::string_view findSql =
    "SELECT id, name, content_type, bytes, user_id, uploaded_unix_ms FROM audio_loops WHERE id = ?1";

void prepareSchema(sidespan::database::Database& database) {
    using sidespan::database::schemaVersion;
    static_cast<void>(schemaVersion(database, applicationId));  // throws if the file is another program's
    database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    sidespan::database::Transaction transaction(database);
    const auto found = schemaVersion(database, applicationId);
    if (found > version) throw std::runtime_error("a later version made this database; name a new file");
    if (found < version) {
        database.execute(tables);
        sidespan::database::setSchemaVersion(database, applicationId, version);
    }
    transaction.commit();
}

AudioLoop readLoop(const sidespan::database::Statement& row) {
    return {std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2)),
            row.integer(3),           std::string(row.text(4)), row.integer(5)};
}

}

LoopWriter::LoopWriter(const std::filesystem::path& database)
    : database_(database, sidespan::database::Database::Mode::readWrite),
      insert_((prepareSchema(database_), database_.prepare(insertSql))),
      totals_(database_.prepare(totalsSql)),
      watch_(database) {}

void LoopWriter::add(const AudioLoop& loop) {
    insert_.bind(1, loop.id)
        .bind(2, loop.name)
        .bind(3, loop.contentType)
        .bind(4, loop.bytes)
        .bindOptional(5, loop.userId)
        .bind(6, loop.uploadedUnixMs)
        .run();
}

Room LoopWriter::roomFor(const AudioLoop& loop, const LoopLimits& limits) {
    watch_.check();
    sidespan::database::ResetAfter reset{totals_};
    totals_.bind(1, loop.id).step();
    if (totals_.integer(2) != 0) return Room::isStored;
    const auto files = static_cast<std::size_t>(totals_.integer(0));
    const auto bytes = static_cast<std::size_t>(totals_.integer(1) + loop.bytes);
    return files < limits.audioFiles && bytes <= limits.audioBytes ? Room::forNewFile : Room::full;
}

LoopReader::LoopReader(const std::filesystem::path& database)
    : database_(database, sidespan::database::Database::Mode::readOnly),
      list_(database_.prepare(listLoopsSql)),
      find_(database_.prepare(findSql)) {}

std::vector<AudioLoop> LoopReader::list(std::size_t limit) {
    sidespan::database::ResetAfter reset{list_};
    list_.bind(1, static_cast<std::int64_t>(limit));
    std::vector<AudioLoop> loops;
    while (list_.step()) loops.push_back(readLoop(list_));
    return loops;
}

std::optional<AudioLoop> LoopReader::find(const std::string& id) {
    sidespan::database::ResetAfter reset{find_};
    find_.bind(1, id);
    if (!find_.step()) return std::nullopt;
    return readLoop(find_);
}

}
