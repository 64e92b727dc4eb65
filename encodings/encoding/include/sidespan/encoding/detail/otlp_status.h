#pragma once

#include <cstdint>
#include <string_view>

#include <sidespan/version.h>

/// A status in OTLP (opentelemetry/proto/trace/v1, Status.StatusCode), for whoever writes or reads one.
namespace sidespan::inline v0::detail {

inline constexpr std::uint64_t otlpOkCode = 1;
inline constexpr std::uint64_t otlpErrorCode = 2;

/// The attribute for an error that OTLP has no code for: "cancelled".
inline constexpr std::string_view statusKey = "sidespan.status";

}
