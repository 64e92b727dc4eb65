#pragma once

#include <sidespan/span_id.h>
#include <sidespan/trace_id.h>

/// Ids from the operating system's randomness. Drawn one by one: nothing is kept that a forked child would
/// repeat, and Boost's generator over the system's source costs half a microsecond, where a seeded one costs
/// 300 to construct.
namespace sidespan::inline v0::detail {

/// A version 4 UUID (RFC 9562, section 5.4).
[[nodiscard]] TraceId drawTraceId();
[[nodiscard]] SpanId drawSpanId();

}
