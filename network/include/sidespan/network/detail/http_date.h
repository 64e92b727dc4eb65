#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// Reads an HTTP date in any of the three forms of RFC 9110, 5.6.7.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parseHttpDate(std::string_view text);

}
