#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "store/stored_trace.h"

namespace sidespan::collector {

/// The answer to `GET /api/v1/traces`.
[[nodiscard]] std::string toJson(const TraceList& list);

/// The answer to `GET /api/v1/traces/{id}`: the tree with its time split, spans in tree order.
[[nodiscard]] std::string toJson(const StoredTrace& trace);

}
