#pragma once

#include <string>

#include <sidespan_http_server/request_target.h>

#include "store/trace_query.h"

namespace sidespan::collector {

/// Reads the parameters of `GET /api/v1/traces`: name, service, status, minDurationMs, maxDurationMs, from,
/// until, attribute, q, before and limit; others are an error, as they would be ignored. Throws
/// std::invalid_argument that names the parameter and what would be right.
[[nodiscard]] TraceQuery parseTraceQuery(const http_server::QueryParameters& parameters);

/// How a position is written in an address, for the parameter `before`.
[[nodiscard]] std::string toText(const TracePosition& position);

}
