#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sidespan_http_server/request_target.h>

#include "store/rollup/rollup_query.h"

namespace sidespan::collector {

/// Reads the parameters of `GET /api/v1/rollups`: from and until (Unix milliseconds; the last 24 hours), step
/// (hours), by, operation, service, version, os and host. Any other parameter is an error. Throws
/// std::invalid_argument that names the parameter and what is allowed.
[[nodiscard]] RollupQuery parseRollupQuery(const http_server::QueryParameters& parameters,
                                           std::int64_t nowUnixMs);

/// The answer: a row for each step and each value of the dimensions that were asked for.
[[nodiscard]] std::string toJson(const std::vector<RollupRow>& rows, const RollupQuery& query);

}
