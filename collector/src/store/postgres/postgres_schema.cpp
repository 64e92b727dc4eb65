#include "store/postgres/postgres_schema.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>

#include "postgres_schema_1.h"
#include "postgres_schema_2.h"
#include "postgres_schema_3.h"

namespace sidespan::collector::postgres {

namespace {

using database::PostgresConnection;
using database::PostgresParameters;
using database::PostgresTransaction;

/// Each script updates the tables from one version to the next. A released script is never changed.
constexpr std::array migrations{postgresSchema1, postgresSchema2, postgresSchema3};

void lockSchema(PostgresConnection& connection) {
    connection.execute(fmt::format("SELECT pg_advisory_xact_lock({})", keysOf(AdvisoryLock::schema)));
}

std::int64_t versionOf(PostgresConnection& connection) {
    connection.execute(
        "CREATE TABLE IF NOT EXISTS sidespan_schema (version bigint PRIMARY KEY, applied_at timestamptz NOT "
        "NULL DEFAULT now())");
    return connection.execute("SELECT coalesce(max(version), 0) FROM sidespan_schema").integer(0, 0);
}

bool hasTable(PostgresConnection& connection, const std::string& name) {
    return connection.execute("SELECT to_regclass($1) IS NOT NULL", PostgresParameters().add(name))
        .boolean(0, 0);
}

bool isPartition(PostgresConnection& connection, const std::string& name) {
    return connection
        .execute("SELECT EXISTS (SELECT 1 FROM pg_inherits WHERE inhrelid = to_regclass($1))",
                 PostgresParameters().add(name))
        .boolean(0, 0);
}

void requireOwnTables(PostgresConnection& connection) {
    if (hasSchema(connection)) return;
    for (const char* name : {"traces", "client_telemetry_spans", "clients", "batches", "resources"}) {
        if (hasTable(connection, name)) {
            throw std::runtime_error(fmt::format(
                "this PostgreSQL database has a table {} of another program; name a database or a "
                "schema (?options=-csearch_path%3DNAME) of its own",
                name));
        }
    }
}

}

std::string keysOf(AdvisoryLock lock) {
    return fmt::format("1396986704, {}", static_cast<int>(lock));
}

bool hasSchema(PostgresConnection& connection) {
    return hasTable(connection, "sidespan_schema");
}

void prepareSchema(PostgresConnection& connection) {
    PostgresTransaction transaction(connection);
    lockSchema(connection);
    requireOwnTables(connection);
    const auto found = static_cast<std::size_t>(versionOf(connection));
    if (found > migrations.size()) {
        throw std::runtime_error(fmt::format(
            "this PostgreSQL database has version {}, and this collector knows version {}; start a newer "
            "collector",
            found, migrations.size()));
    }
    for (auto version = found; version < migrations.size(); ++version) {
        connection.execute(std::string(migrations[version]));
        connection.execute(fmt::format("INSERT INTO sidespan_schema (version) VALUES ({})", version + 1));
    }
    transaction.commit();
}

std::string partitionOf(std::string day) {
    std::erase(day, '-');
    return "spans_" + day;
}

// Attaching a table locks less than creating it as a partition: others go on writing and reading.
void makeDay(PostgresConnection& connection, const std::string& day) {
    const auto name = partitionOf(day);
    if (isPartition(connection, name)) return;
    PostgresTransaction transaction(connection);
    lockSchema(connection);
    if (!isPartition(connection, name)) {
        if (hasTable(connection, name)) {
            throw std::runtime_error(
                fmt::format("the table {} is not a partition of client_telemetry_spans; rename it or attach "
                            "it, so that the "
                            "spans of {} can be stored",
                            name, day));
        }
        connection.execute(fmt::format(
            "CREATE TABLE {} (LIKE client_telemetry_spans INCLUDING DEFAULTS INCLUDING GENERATED)", name));
        connection.execute(fmt::format(
            "ALTER TABLE client_telemetry_spans ATTACH PARTITION {0} FOR VALUES FROM ('{1}') TO (date '{1}' "
            "+ 1)",
            name, day));
    }
    transaction.commit();
}

}
