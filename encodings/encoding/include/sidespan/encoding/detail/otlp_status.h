#pragma once

#include <cstdint>
#include <string_view>

#include <sidespan/version.h>

/// The status codes of OTLP (opentelemetry/proto/trace/v1, Status.StatusCode).
namespace sidespan::inline v0::detail {

inline constexpr std::uint64_t otlpOkCode = 1;
inline constexpr std::uint64_t otlpErrorCode = 2;

/// The attribute with the value "cancelled", a status for which OTLP has no code.
inline constexpr std::string_view statusKey = "sidespan.status";

}
