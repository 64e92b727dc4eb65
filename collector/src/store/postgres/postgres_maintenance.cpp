#include "store/postgres/postgres_maintenance.h"

#include <string_view>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "store/postgres/postgres_schema.h"
#include "store/postgres/stored_json.h"

namespace sidespan::collector::postgres {

namespace {

using database::PostgresConnection;
using database::PostgresParameters;
using database::PostgresResult;
using database::PostgresTransaction;

// How many traces are moved or deleted at once; they are locked meanwhile.
constexpr int keptAtOnce = 200;
constexpr int deletedAtOnce = 2'000;

// Detaching a partition waits for the statements that began before.
constexpr std::chrono::seconds longestWait{30};

using GoesOn = std::function<bool()>;

std::string dayText(std::chrono::sys_days day) {
    return fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::chrono::system_clock::to_time_t(day)));
}

/// Only one collector at a time deletes; the others do not wait for it.
class Turn {
public:
    explicit Turn(PostgresConnection& connection)
        : connection_(connection), isOurs_(callLock("pg_try_advisory_lock").boolean(0, 0)) {}
    ~Turn() {
        if (!isOurs_ || !connection_.isOpen()) return;
        try {
            callLock("pg_advisory_unlock");
        } catch (const database::PostgresError&) {
            // The lock ends with the connection.
        }
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    [[nodiscard]] bool isOurs() const noexcept { return isOurs_; }

private:
    PostgresResult callLock(std::string_view function) {
        return connection_.execute(fmt::format("SELECT {}({})", function, keysOf(AdvisoryLock::retention)));
    }

    PostgresConnection& connection_;
    bool isOurs_;
};

/// `2026-01-31` for each partition of a day, the oldest first.
std::vector<std::string> storedDays(PostgresConnection& connection) {
    const auto rows = connection.execute(
        "SELECT to_char(to_date(right(c.relname, 8), 'YYYYMMDD'), 'YYYY-MM-DD') FROM pg_inherits AS i JOIN "
        "pg_class "
        "AS c ON c.oid = i.inhrelid WHERE i.inhparent = 'client_telemetry_spans'::regclass AND c.relname ~ "
        "'^spans_[0-9]{8}$' ORDER BY 1");
    std::vector<std::string> days;
    for (int i = 0; i < rows.rows(); ++i) days.emplace_back(rows.text(i, 0));
    return days;
}

// Finishes what a stopped collector left behind. A day that is still attached stays until its turn comes. A
// table that somebody else detached is not ours.
void finishDetaching(PostgresConnection& connection) {
    const auto days = connection.execute("SELECT to_char(day, 'YYYY-MM-DD') FROM dropped_days");
    for (int i = 0; i < days.rows(); ++i) {
        const std::string day(days.text(i, 0));
        const auto table = partitionOf(day);
        const auto attached =
            connection.execute("SELECT inhdetachpending FROM pg_inherits WHERE inhrelid = to_regclass($1)",
                               PostgresParameters().add(table));
        const bool isPending = attached.rows() > 0 && attached.boolean(0, 0);
        if (isPending) {
            connection.execute(
                fmt::format("ALTER TABLE client_telemetry_spans DETACH PARTITION {} FINALIZE", table));
        }
        if (isPending || attached.rows() == 0) connection.execute("DROP TABLE IF EXISTS " + table);
        connection.execute("DELETE FROM dropped_days WHERE day = $1::date", PostgresParameters().add(day));
    }
}

/// Moves failed or slow traces to kept_spans; returns their number.
std::int64_t keepSome(PostgresConnection& connection, const std::string& day, std::int64_t slowNanos) {
    PostgresTransaction transaction(connection);
    const auto chosen = connection.execute(
        fmt::format(
            "UPDATE traces SET day = '-infinity' WHERE trace_id IN (SELECT trace_id FROM traces WHERE day = "
            "$1::date AND (error_count > 0 OR CASE WHEN has_root THEN name_duration ELSE end_unix_nano - "
            "start_unix_nano END >= $2) ORDER BY trace_id LIMIT {} FOR NO KEY UPDATE) RETURNING trace_id",
            keptAtOnce),
        PostgresParameters().add(day).add(slowNanos));
    std::string ids;
    for (int i = 0; i < chosen.rows(); ++i)
        ids += fmt::format("{}{}", ids.empty() ? "" : ",", chosen.text(i, 0));
    if (chosen.rows() > 0) {
        connection.execute(
            "UPDATE client_telemetry_spans SET day = '-infinity' WHERE day = $1::date AND trace_id = ANY "
            "($2::uuid[])",
            PostgresParameters().add(day).add("{" + ids + "}"));
    }
    transaction.commit();
    return chosen.rows();
}

/// Spans that come again from now on find no trace, and belong to today: none is written to this day. False
/// when it ended early.
bool forgetTraces(PostgresConnection& connection, const std::string& day, const GoesOn& goesOn,
                  Removed& removed) {
    while (goesOn()) {
        const auto deleted = connection.execute(
            fmt::format("WITH deleted AS (DELETE FROM traces WHERE trace_id IN (SELECT trace_id FROM traces "
                        "WHERE day = $1::date ORDER BY trace_id LIMIT {}) RETURNING span_count) "
                        "SELECT count(*), coalesce(sum(span_count), 0)::bigint FROM deleted",
                        deletedAtOnce),
            PostgresParameters().add(day));
        if (deleted.integer(0, 0) == 0) return true;
        removed.traces += deleted.integer(0, 0);
        removed.spans += deleted.integer(0, 1);
    }
    return false;
}

/// First notes that the table is ours to drop, for finishDetaching().
void dropPartition(PostgresConnection& connection, const std::string& day) {
    const auto table = partitionOf(day);
    const auto parameters = PostgresParameters().add(day);
    connection.execute("INSERT INTO dropped_days VALUES ($1::date) ON CONFLICT DO NOTHING", parameters);
    connection.execute(
        fmt::format("ALTER TABLE client_telemetry_spans DETACH PARTITION {} CONCURRENTLY", table));
    connection.execute("DROP TABLE " + table);
    connection.execute("DELETE FROM dropped_days WHERE day = $1::date", parameters);
}

void dropDay(PostgresConnection& connection, const std::string& day, const Retention& retention,
             const GoesOn& goesOn, Removed& removed) {
    while (retention.keptDays) {
        if (!goesOn()) return;
        const auto kept = keepSome(connection, day, retention.slowNanos);
        if (kept == 0) break;
        removed.kept += kept;
    }
    if (!forgetTraces(connection, day, goesOn, removed)) return;
    dropPartition(connection, day);
    connection.execute(
        "DELETE FROM batches AS b WHERE created_at < $1::date AND NOT EXISTS (SELECT 1 FROM kept_spans AS s "
        "WHERE s.batch_id = b.id)",
        PostgresParameters().add(day));
}

/// The ids that a statement with one parameter gives, as PostgreSQL writes arrays of at most that many.
std::vector<std::string> chunksOf(PostgresConnection& connection, const std::string& sql,
                                  const std::string& parameter) {
    const auto rows = connection.execute(sql, PostgresParameters().add(parameter));
    std::vector<std::string> chunks;
    for (int i = 0; i < rows.rows(); ++i) {
        if (i % keptAtOnce == 0) chunks.emplace_back();
        chunks.back() += fmt::format("{}{}", chunks.back().empty() ? "{" : ",", rows.text(i, 0));
    }
    for (auto& chunk : chunks) chunk += "}";
    return chunks;
}

/// Deletes the traces whose ids a statement with one parameter returns, in their order.
void deleteTraces(
    PostgresConnection& connection, const std::string& sql, const std::string& parameter, Removed& removed,
    const GoesOn& goesOn = [] { return true; }) {
    for (const auto& ids : chunksOf(connection, sql, parameter)) {
        if (!goesOn()) return;
        PostgresTransaction transaction(connection);
        const auto days = connection.execute(
            "SELECT trace_id, day FROM traces WHERE trace_id = ANY ($1::uuid[]) ORDER BY trace_id FOR UPDATE",
            PostgresParameters().add(ids));
        for (int i = 0; i < days.rows(); ++i) {
            removed.spans +=
                connection
                    .execute(
                        "DELETE FROM client_telemetry_spans WHERE day = $1::date AND trace_id = $2::uuid",
                        PostgresParameters().add(days.text(i, 1)).add(days.text(i, 0)))
                    .changed();
        }
        removed.traces += connection
                              .execute("DELETE FROM traces WHERE trace_id = ANY ($1::uuid[])",
                                       PostgresParameters().add(ids))
                              .changed();
        transaction.commit();
    }
}

/// A day's table that somebody else detached is not ours.
std::int64_t storedBytes(PostgresConnection& connection) {
    return connection
        .execute(
            "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class AS c WHERE "
            "c.relkind = "
            "'r' AND (c.relispartition OR c.relname !~ '^spans_[0-9]{8}$') AND c.relnamespace = (SELECT "
            "relnamespace FROM pg_class WHERE oid = "
            "'client_telemetry_spans'::regclass)")
        .integer(0, 0);
}

// A writer locks the rows that its rows refer to. Once such a row is locked here, everything that refers to
// it is visible.
void forgetUnused(PostgresConnection& connection, const std::string& table, const std::string& unused) {
    PostgresTransaction transaction(connection);
    const auto locked = connection.execute(
        fmt::format("SELECT coalesce(array_agg(id), '{{}}') FROM (SELECT id FROM {} AS t WHERE {} FOR UPDATE "
                    "SKIP LOCKED) AS t",
                    table, unused));
    connection.execute(fmt::format("DELETE FROM {} AS t WHERE id = ANY ($1::bigint[]) AND {}", table, unused),
                       PostgresParameters().add(locked.text(0, 0)));
    transaction.commit();
}

void forgetResources(PostgresConnection& connection) {
    forgetUnused(connection, "resources",
                 "NOT EXISTS (SELECT FROM client_telemetry_spans WHERE resource_id = t.id)");
}

/// A client may have sent spans for other users, which are found by its installation: the rows that these
/// refer to stay.
void forgetClients(PostgresConnection& connection, std::string_view column, const std::string& value) {
    const auto whose = PostgresParameters().add(value);
    connection.execute(
        fmt::format("DELETE FROM batches AS b WHERE instance IN (SELECT instance FROM clients WHERE {} = $1) "
                    "AND NOT EXISTS (SELECT FROM client_telemetry_spans AS s WHERE s.batch_id = b.id)",
                    column),
        whose);
    connection.execute(fmt::format("DELETE FROM clients AS c WHERE {} = $1 AND NOT EXISTS (SELECT FROM "
                                   "batches AS b WHERE b.instance = c.instance)",
                                   column),
                       whose);
}

/// Deletes clients that have sent nothing, and sums with their series, once they are old enough.
void forgetOld(PostgresConnection& connection, const Retention& retention, std::chrono::sys_days today) {
    const auto forget = [&](const std::string& sql, std::int64_t keptDays) {
        return connection.execute(sql, PostgresParameters().add(dayText(today - std::chrono::days{keptDays})))
            .changed();
    };
    if (const auto kept = retention.longestDays())
        forget("DELETE FROM clients WHERE last_seen < $1::date", *kept);
    if (!retention.isSet()) return;
    forget("DELETE FROM rollups WHERE hour < $1::timestamp AT TIME ZONE 'UTC'", retention.rollupDays);
    if (forget("DELETE FROM rollup_days WHERE hour < $1::timestamp AT TIME ZONE 'UTC'",
               retention.rollupDays) == 0)
        return;
    forgetUnused(connection, "rollup_series",
                 "NOT EXISTS (SELECT FROM rollups WHERE series_id = t.id) "
                 "AND NOT EXISTS (SELECT FROM rollup_days WHERE series_id = t.id)");
}

/// The size of everything except spans and traces. Batches are not included either: they are deleted with
/// their spans.
std::int64_t otherBytes(PostgresConnection& connection) {
    return connection
        .execute(
            "SELECT sum(pg_total_relation_size(name::regclass))::bigint FROM unnest(ARRAY['resources', "
            "'clients', 'rollups', 'rollup_days', 'rollup_series']) AS t (name)")
        .integer(0, 0);
}

}

Removed applyRetention(PostgresConnection& connection, const Retention& retention,
                       std::chrono::system_clock::time_point now, const GoesOn& goesOn) {
    Removed removed;
    connection.setTimeout(longestWait);
    const Turn turn(connection);
    if (!turn.isOurs()) return removed;
    finishDetaching(connection);
    const auto today = std::chrono::floor<std::chrono::days>(now);
    auto days = storedDays(connection);
    const auto dropOldest = [&] {
        dropDay(connection, days.front(), retention, goesOn, removed);
        days.erase(days.begin());
    };
    if (retention.days) {
        const auto oldest = dayText(today - std::chrono::days{*retention.days});
        while (goesOn() && !days.empty() && days.front() < oldest) dropOldest();
    }
    if (retention.keptDays) {
        const auto oldest = dayText(today - std::chrono::days{*retention.keptDays});
        deleteTraces(
            connection,
            "SELECT trace_id FROM traces WHERE day = '-infinity' AND created_at < $1::date ORDER BY 1",
            oldest, removed, goesOn);
    }
    if (!goesOn()) return removed;
    forgetOld(connection, retention, today);
    if (retention.maxBytes && otherBytes(connection) <= *retention.maxBytes) {
        while (goesOn() && !days.empty() && days.front() < dayText(today) &&
               storedBytes(connection) > *retention.maxBytes)
            dropOldest();
    }
    if (!goesOn()) return removed;
    if (removed.traces > 0) forgetResources(connection);
    if (retention.maxBytes) {
        removed.isStillTooLarge = storedBytes(connection) > *retention.maxBytes;
    }
    return removed;
}

Removed eraseUser(PostgresConnection& connection, const std::string& givenId) {
    Removed removed;
    const auto userId = storedName(givenId);
    connection.setTimeout(longestWait);
    deleteTraces(connection,
                 "SELECT DISTINCT trace_id FROM client_telemetry_spans WHERE user_id = $1 ORDER BY 1", userId,
                 removed);
    forgetClients(connection, "user_id", userId);
    connection.execute("UPDATE clients SET user_id = NULL WHERE user_id = $1",
                       PostgresParameters().add(userId));
    forgetResources(connection);
    return removed;
}

Removed eraseInstallation(PostgresConnection& connection, const std::string& givenId) {
    Removed removed;
    const auto installation = storedName(givenId);
    connection.setTimeout(longestWait);
    deleteTraces(connection,
                 "SELECT DISTINCT trace_id FROM client_telemetry_spans WHERE batch_id IN (SELECT b.id FROM "
                 "batches AS b JOIN clients AS c USING (instance) WHERE c.installation = $1) ORDER BY 1",
                 installation, removed);
    forgetClients(connection, "installation", installation);
    forgetResources(connection);
    return removed;
}

}
