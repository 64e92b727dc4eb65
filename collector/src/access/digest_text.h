#pragma once

#include <string_view>

#include <sidespan_http_server/crypto.h>

namespace sidespan::collector {

/// Reads a digest that toHex() wrote. Throws std::runtime_error for any other text.
[[nodiscard]] http_server::Digest digestOf(std::string_view hex);

}
