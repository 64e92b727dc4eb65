#pragma once

#include <cstdint>
#include <string>

#include <sidespan_postgres/postgres_connection.h>

namespace sidespan::collector::postgres {

/// What collectors on one database do one after another: the second key of an advisory lock.
enum class AdvisoryLock : std::uint8_t { schema = 1, retention = 2, tokens = 3 };

/// Both keys, as the functions of advisory locks take them: the first one is "SDSP".
[[nodiscard]] std::string keysOf(AdvisoryLock lock);

/// Creates the tables in the first schema of the search path, or updates them. Collectors that start at the
/// same time do this one after another. Throws std::runtime_error if a later version of the collector created
/// them, and PostgresError.
void prepareSchema(database::PostgresConnection& connection);

/// Whether the tables exist, in any version.
[[nodiscard]] bool hasSchema(database::PostgresConnection& connection);

/// Makes sure that the partition of one day's spans exists; `day` is `2026-01-31`. Does not hold up those
/// that read or write other days. Throws std::runtime_error if another table has its name.
void makeDay(database::PostgresConnection& connection, const std::string& day);

/// `spans_20260131` for `2026-01-31`.
[[nodiscard]] std::string partitionOf(std::string day);

}
