#pragma once

#include <chrono>
#include <functional>
#include <string>

#include <sidespan_postgres/postgres_connection.h>

#include "store/removed.h"

namespace sidespan::collector::postgres {

/// As Store::applyRetention. Each step is a separate transaction and may be interrupted: the next call
/// continues. Throws PostgresError.
[[nodiscard]] Removed applyRetention(database::PostgresConnection& connection, const Retention& retention,
                                     std::chrono::system_clock::time_point now,
                                     const std::function<bool()>& goesOn);

/// As Store::eraseUser. Throws PostgresError.
[[nodiscard]] Removed eraseUser(database::PostgresConnection& connection, const std::string& userId);

/// As Store::eraseInstallation. Throws PostgresError.
[[nodiscard]] Removed eraseInstallation(database::PostgresConnection& connection,
                                        const std::string& installation);

}
