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

/// As Store::list. First asks for all of it, for `atOnce` of the time, as an index may find that at once; if
/// that has not brought one trace, goes from the newest back in steps. Throws PostgresError.
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
