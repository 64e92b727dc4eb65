#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include <sidespan_postgres/postgres_connection.h>

#include "store/stored_client.h"
#include "store/stored_trace.h"
#include "store/trace_query.h"

namespace sidespan::collector::postgres {

/// As Store::list. First runs the whole query for the time `atOnce`, because an index may answer it at once.
/// If that finds no trace, it searches in steps from the newest trace back. Throws PostgresError.
[[nodiscard]] TraceList listTraces(database::PostgresConnection& connection, const TraceQuery& query,
                                   std::chrono::milliseconds timeLimit, std::chrono::milliseconds atOnce);

/// As Store::load. Throws PostgresError.
[[nodiscard]] StoredTrace loadTrace(database::PostgresConnection& connection, const std::string& traceUuid,
                                    std::size_t spanLimit, std::size_t byteLimit);

/// As Store::ownerOf. Throws PostgresError.
[[nodiscard]] std::string ownerOf(database::PostgresConnection& connection, const std::string& traceUuid);

/// As Store::clients. Throws PostgresError.
[[nodiscard]] std::vector<StoredClient> listClients(database::PostgresConnection& connection,
                                                    std::size_t limit, const std::string& owner);

}
