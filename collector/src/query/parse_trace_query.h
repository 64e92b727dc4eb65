#pragma once

#include <string>

#include <sidespan_http_server/request_target.h>

#include "store/trace_query.h"

namespace sidespan::collector {

/// Reads the parameters of `GET /api/v1/traces`: name, service, status, minDurationMs, maxDurationMs, from,
/// until, attribute, q, before and limit. Any other parameter is an error. Throws std::invalid_argument that
/// names the parameter and what is allowed.
[[nodiscard]] TraceQuery parseTraceQuery(const http_server::QueryParameters& parameters);

/// A position as text, for the parameter `before`.
[[nodiscard]] std::string toText(const TracePosition& position);

}
