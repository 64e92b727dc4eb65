#pragma once

#include <cstdint>
#include <string>

namespace sidespan::database {

/// `2026-01-31T12:34:56.789Z` (RFC 3339) for Unix milliseconds that are not negative.
[[nodiscard]] std::string timeText(std::int64_t unixMs);

/// Unix milliseconds of the wall clock.
[[nodiscard]] std::int64_t unixMsNow();

}
