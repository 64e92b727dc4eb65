#pragma once

#include <cstdint>

#include <sidespan/span_id.h>
#include <sidespan/trace_id.h>

namespace sidespan::inline v0 {

/// The W3C trace flags byte (Trace Context level 2, section 3.2.2.5).
enum class TraceFlags : std::uint8_t {
    none = 0,
    sampled = 0x01,
    random = 0x02,
};

constexpr TraceFlags operator|(TraceFlags a, TraceFlags b) noexcept {
    return static_cast<TraceFlags>(static_cast<std::uint8_t>(a) | static_cast<std::uint8_t>(b));
}
constexpr TraceFlags operator&(TraceFlags a, TraceFlags b) noexcept {
    return static_cast<TraceFlags>(static_cast<std::uint8_t>(a) & static_cast<std::uint8_t>(b));
}

/// What names a span to others: enough to be its child, from another thread, lane or process.
/// A plain value; a handle's `context()` makes one, header extraction makes a remote one.
struct SpanContext {
    TraceId traceId;
    SpanId spanId;
    TraceFlags flags = TraceFlags::none;
    /// True when it came out of headers rather than from a span of this process.
    bool isRemote = false;

    /// A context is of use as a parent only when both ids are.
    [[nodiscard]] constexpr bool isValid() const noexcept { return traceId.isValid() && spanId.isValid(); }
    [[nodiscard]] constexpr bool isSampled() const noexcept {
        return (flags & TraceFlags::sampled) == TraceFlags::sampled;
    }

    friend constexpr bool operator==(const SpanContext&, const SpanContext&) noexcept = default;
};

}
