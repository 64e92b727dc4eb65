#include "store/sqlite/sqlite_maintenance.h"

#include <algorithm>
#include <set>
#include <span>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace sidespan::collector::sqlite {

namespace {

// How many traces are deleted, and how many pages given back, at once: so long nothing else is written.
constexpr std::size_t tracesAtOnce = 100;
constexpr const char* vacuumSome = "PRAGMA incremental_vacuum(1000)";

// ?1 day, ?2 whether those that failed or were slow, ?3 nanoseconds, ?4 how many.
constexpr std::string_view oldestSql = R"sql(
SELECT no FROM traces
WHERE created_at < ?1 AND ?2 = (error_count > 0
    OR CASE WHEN has_root THEN name_duration ELSE end_unix_nano - start_unix_nano END >= ?3)
ORDER BY created_at LIMIT ?4)sql";

constexpr const char* forever = "9999-12-31";

std::string dayBefore(std::chrono::system_clock::time_point now, std::int64_t days) {
    const auto day = std::chrono::floor<std::chrono::days>(now) - std::chrono::days{days};
    return fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::chrono::system_clock::to_time_t(day)));
}

}

Maintenance::Maintenance(const std::filesystem::path& file)
    : database_(file, database::Database::Mode::readWrite),
      oldest_(database_.prepare(oldestSql)),
      deleteSpans_(database_.prepare("DELETE FROM client_telemetry_spans WHERE trace_no = ?1")),
      deleteTrace_(database_.prepare("DELETE FROM traces WHERE no = ?1")),
      resourcesOf_(
          database_.prepare("SELECT DISTINCT resource_id FROM client_telemetry_spans WHERE trace_no = ?1 "
                            "AND resource_id IS NOT NULL")),
      deleteResource_(database_.prepare("DELETE FROM resources WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM "
                                        "client_telemetry_spans WHERE resource_id = ?1)")) {}

std::vector<std::int64_t> Maintenance::oldest(const std::string& before, Kind kind,
                                              const Retention& retention) {
    std::vector<std::int64_t> traces;
    database::ResetAfter reset{oldest_};
    oldest_.bind(1, before)
        .bind(2, static_cast<std::int64_t>(kind))
        .bind(3, retention.slowNanos)
        .bind(4, static_cast<std::int64_t>(tracesAtOnce));
    while (oldest_.step()) traces.push_back(oldest_.integer(0));
    return traces;
}

void Maintenance::remove(const std::vector<std::int64_t>& traces, Removed& removed) {
    for (std::size_t at = 0; at < traces.size(); at += tracesAtOnce) {
        database::Transaction transaction(database_);
        std::set<std::int64_t> resources;
        for (auto no : std::span(traces).subspan(at, std::min(tracesAtOnce, traces.size() - at))) {
            database::ResetAfter reset{resourcesOf_};
            resourcesOf_.bind(1, no);
            while (resourcesOf_.step()) resources.insert(resourcesOf_.integer(0));
            deleteSpans_.bind(1, no).run();
            removed.spans += database_.changes();
            deleteTrace_.bind(1, no).run();
            removed.traces += database_.changes();
        }
        for (auto id : resources) deleteResource_.bind(1, id).run();
        transaction.commit();
    }
}

void Maintenance::removeBefore(const std::string& day, Kind kind, Round& round) {
    while (round.goesOn()) {
        const auto traces = oldest(day, kind, round.retention);
        if (traces.empty()) return;
        remove(traces, round.removed);
    }
}

std::int64_t Maintenance::bytes() {
    return (database_.integer("PRAGMA page_count") - database_.integer("PRAGMA freelist_count")) *
           database_.integer("PRAGMA page_size");
}

// A reader may keep pages from being released; they are released the next time.
void Maintenance::giveSpaceBack(const std::function<bool()>& goesOn) {
    for (auto left = database_.integer("PRAGMA freelist_count"); left > 0 && goesOn();) {
        database_.execute(vacuumSome);
        const auto before = std::exchange(left, database_.integer("PRAGMA freelist_count"));
        if (left >= before) break;
    }
    database_.execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

Removed Maintenance::applyRetention(const Retention& retention, std::chrono::system_clock::time_point now,
                                    const std::function<bool()>& goesOn) {
    Round round{.retention = retention, .goesOn = goesOn};
    if (retention.days) {
        const auto day = dayBefore(now, *retention.days);
        removeBefore(day, Kind::ordinary, round);
        if (!retention.keptDays) removeBefore(day, Kind::kept, round);
    }
    if (retention.keptDays) removeBefore(dayBefore(now, *retention.keptDays), Kind::kept, round);
    if (!goesOn()) return round.removed;
    forgetOld(retention, now);
    if (retention.maxBytes) removeUntil(*retention.maxBytes, round);
    if (round.removed.traces > 0 && goesOn()) {
        database_.execute(
            "DELETE FROM batches WHERE id < (SELECT min(batch_id) FROM (SELECT batch_id FROM "
            "client_telemetry_spans WHERE batch_id IS NOT NULL ORDER BY rowid LIMIT 1))");
        giveSpaceBack(goesOn);
    }
    return round.removed;
}

// Deletes no trace in vain: if the rest alone is too large, all traces stay.
void Maintenance::removeUntil(std::int64_t maxBytes, Round& round) {
    if (bytes() <= maxBytes) return;
    const auto others = otherBytes();
    auto& removed = round.removed;
    while (bytes() > maxBytes && round.goesOn()) {
        auto traces = oldest(forever, Kind::ordinary, round.retention);
        if (traces.empty()) traces = oldest(forever, Kind::kept, round.retention);
        removed.isStillTooLarge = traces.empty() || others > maxBytes;
        if (removed.isStillTooLarge) break;
        remove(traces, removed);
    }
}

void Maintenance::forgetOld(const Retention& retention, std::chrono::system_clock::time_point now) {
    using namespace std::chrono;
    const auto today = floor<days>(now);
    const auto forget = [&](std::string_view sql, std::int64_t before) {
        database_.prepare(sql).bind(1, before).run();
        return database_.changes();
    };
    if (const auto kept = retention.longestDays()) {
        forget("DELETE FROM clients WHERE last_seen_unix_ms < ?1",
               milliseconds((today - days{*kept}).time_since_epoch()).count());
    }
    if (!retention.isSet()) return;
    const auto hour = (today - days{retention.rollupDays}).time_since_epoch() / hours{1};
    database::Transaction transaction(database_);
    if (forget("DELETE FROM rollups WHERE hour < ?1", hour) > 0)
        database_.execute("DELETE FROM rollup_series WHERE id NOT IN (SELECT series_id FROM rollups)");
    transaction.commit();
}

// The numbers of a row and its place are taken as 64 bytes.
std::int64_t Maintenance::otherBytes() {
    return database_.integer(
        "SELECT (SELECT coalesce(sum(length(durations) + 64), 0) FROM rollups) "
        "+ (SELECT coalesce(sum(length(operation) + length(service_name) + 64), 0) FROM rollup_series) "
        "+ (SELECT coalesce(sum(length(lost) + length(instance) + 64), 0) FROM clients)");
}

std::vector<std::int64_t> Maintenance::tracesWhere(std::string_view condition, const std::string& value) {
    auto select = database_.prepare(
        fmt::format("SELECT DISTINCT trace_no FROM client_telemetry_spans WHERE {} ORDER BY 1", condition));
    std::vector<std::int64_t> traces;
    select.bind(1, value);
    while (select.step()) traces.push_back(select.integer(0));
    return traces;
}

// A client may have sent spans of others, which are found by its installation: what they refer to stays. All
// spans are looked through, so before the transaction; batches that arrive meanwhile have larger numbers.
void Maintenance::forgetClients(std::string_view condition, const std::string& value) {
    std::vector<std::int64_t> unused;
    const auto last = database_.integer("SELECT max(id) FROM batches");
    auto select = database_.prepare(fmt::format(
        "SELECT id FROM batches WHERE id <= ?2 AND instance IN (SELECT instance FROM clients WHERE "
        "{}) AND id NOT IN (SELECT batch_id FROM client_telemetry_spans WHERE batch_id IS NOT NULL)",
        condition));
    select.bind(1, value).bind(2, last);
    while (select.step()) unused.push_back(select.integer(0));
    database::Transaction transaction(database_);
    auto deleteBatch = database_.prepare("DELETE FROM batches WHERE id = ?1");
    for (auto id : unused) deleteBatch.bind(1, id).run();
    database_
        .prepare(fmt::format(
            "DELETE FROM clients WHERE {} AND instance NOT IN (SELECT instance FROM batches)", condition))
        .bind(1, value)
        .run();
    transaction.commit();
}

Removed Maintenance::eraseUser(const std::string& userId) {
    Removed removed;
    remove(tracesWhere("user_id = ?1", userId), removed);
    forgetClients("user_id = ?1", userId);
    database_.prepare("UPDATE clients SET user_id = NULL WHERE user_id = ?1").bind(1, userId).run();
    giveSpaceBack([] { return true; });
    return removed;
}

Removed Maintenance::eraseInstallation(const std::string& installation) {
    Removed removed;
    remove(tracesWhere("batch_id IN (SELECT b.id FROM batches AS b JOIN clients AS c USING (instance) WHERE "
                       "c.installation = ?1)",
                       installation),
           removed);
    forgetClients("installation = ?1", installation);
    giveSpaceBack([] { return true; });
    return removed;
}

}
