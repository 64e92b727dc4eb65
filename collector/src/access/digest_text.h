#pragma once

#include <string_view>

#include <sidespan_http_server/crypto.h>

namespace sidespan::collector {

/// The digest that toHex() wrote. Throws std::runtime_error for another text.
[[nodiscard]] http_server::Digest digestOf(std::string_view hex);

}
