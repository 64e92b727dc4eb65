#pragma once

#include <cstddef>
#include <string_view>

#include <sidespan_http_server/request_target.h>

namespace sidespan::http_server {

/// How many entries of a list are asked for: 1 to 1000. Throws std::invalid_argument.
[[nodiscard]] std::size_t parseLimit(std::string_view text);

/// Reads the parameters of a plain list: limit alone, 50 when not given. Throws std::invalid_argument.
[[nodiscard]] std::size_t parseListLimit(const QueryParameters& parameters);

}
