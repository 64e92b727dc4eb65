#include "loop_catalog.h"

namespace sidespan::collector {

namespace {

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

AudioLoop readLoop(const Statement& row) {
    return {std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2)),
            row.integer(3),           std::string(row.text(4)), row.integer(5)};
}

}

LoopWriter::LoopWriter(const std::filesystem::path& database)
    : database_(database, Database::Mode::readWrite),
      insert_(database_.prepare(insertSql)),
      totals_(database_.prepare(totalsSql)) {}

void LoopWriter::add(const AudioLoop& loop) {
    insert_.bind(1, loop.id)
        .bind(2, loop.name)
        .bind(3, loop.contentType)
        .bind(4, loop.bytes)
        .bindOptional(5, loop.userId)
        .bind(6, loop.uploadedUnixMs)
        .run();
}

bool LoopWriter::hasRoomFor(const AudioLoop& loop, const Limits& limits) {
    ResetAfter reset{totals_};
    totals_.bind(1, loop.id).step();
    bool isKnown = totals_.integer(2) != 0;
    auto files = static_cast<std::size_t>(totals_.integer(0));
    auto bytes = static_cast<std::size_t>(totals_.integer(1) + loop.bytes);
    return isKnown || (files < limits.audioFiles && bytes <= limits.audioBytes);
}

LoopReader::LoopReader(const std::filesystem::path& database)
    : database_(database, Database::Mode::readOnly),
      list_(database_.prepare(listLoopsSql)),
      find_(database_.prepare(findSql)) {}

std::vector<AudioLoop> LoopReader::list(std::size_t limit) {
    ResetAfter reset{list_};
    list_.bind(1, static_cast<std::int64_t>(limit));
    std::vector<AudioLoop> loops;
    while (list_.step()) loops.push_back(readLoop(list_));
    return loops;
}

std::optional<AudioLoop> LoopReader::find(const std::string& id) {
    ResetAfter reset{find_};
    find_.bind(1, id);
    if (!find_.step()) return std::nullopt;
    return readLoop(find_);
}

}
