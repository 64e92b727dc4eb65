#pragma once

#include <string>
#include <string_view>

namespace sidespan::collector::postgres {

/// The bytes of hex digits, between which dashes may stand: of a UUID, or of a span id. Digits must be valid.
[[nodiscard]] std::string binary(std::string_view hex);

}
