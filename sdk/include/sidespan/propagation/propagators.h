#pragma once

#include <cstdint>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// Which headers carry a trace, in and out: `Propagators::traceContext | Propagators::baggage`.
enum class Propagators : std::uint8_t {
    none = 0,
    traceContext = 1,  ///< `traceparent` and `tracestate` (W3C Trace Context, level 2)
    baggage = 2,       ///< `baggage` (W3C Baggage)
    xHeaders = 4,      ///< `X-Trace-ID`, `X-Span-ID`, `X-Parent-Span-ID` and the `X-Client-*` headers
    all = 7,
};

constexpr Propagators operator|(Propagators a, Propagators b) noexcept {
    return static_cast<Propagators>(static_cast<std::uint8_t>(a) | static_cast<std::uint8_t>(b));
}
constexpr Propagators operator&(Propagators a, Propagators b) noexcept {
    return static_cast<Propagators>(static_cast<std::uint8_t>(a) & static_cast<std::uint8_t>(b));
}
/// Whether `wanted` is among them.
[[nodiscard]] constexpr bool has(Propagators propagators, Propagators wanted) noexcept {
    return (propagators & wanted) == wanted;
}

}
