#pragma once

#include <array>
#include <string_view>

#include <sidespan/propagation/propagators.h>

/// The headers that carry a trace. HTTP compares names without regard to case (RFC 9110, section 5.1).
namespace sidespan::inline v0::headers {

inline constexpr std::string_view traceParent = "traceparent";  // W3C Trace Context, level 2
inline constexpr std::string_view traceState = "tracestate";
inline constexpr std::string_view baggage = "baggage";  // W3C Baggage

inline constexpr std::string_view traceId = "X-Trace-ID";             // a UUID
inline constexpr std::string_view spanId = "X-Span-ID";               // 16 hex digits
inline constexpr std::string_view parentSpanId = "X-Parent-Span-ID";  // of the span in X-Span-ID
inline constexpr std::string_view clientType = "X-Client-Type";
inline constexpr std::string_view clientVersion = "X-Client-Version";
inline constexpr std::string_view clientTimestamp = "X-Client-Timestamp";  // Unix milliseconds

inline constexpr std::array all{traceParent,  traceState, baggage,       traceId,        spanId,
                                parentSpanId, clientType, clientVersion, clientTimestamp};

/// The propagator of the header, in any case; `none` for any other name.
[[nodiscard]] Propagators propagatorOf(std::string_view name) noexcept;

}
