#pragma once

#include <optional>

#include <sidespan/config.h>

namespace sidespan::inline v0::detail {

/// What is wrong with a configuration that names no server.
[[nodiscard]] std::optional<Error> checkEndpoint(const Config& config);

}
