#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include <sidespan/network/detail/http_date.h>
#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// How long a `Retry-After` header asks to wait (RFC 9110, 10.2.3): seconds, or until a date, seen from
/// `now`. A date in the past is 0; more than a day is a day, so that no answer silences a client for good
/// (410 does that). Nothing when it is neither.
[[nodiscard]] std::optional<std::chrono::seconds> parseRetryAfter(std::string_view text,
                                                                  std::chrono::system_clock::time_point now);

}
