#pragma once

#include <cstdint>

#include <sidespan/encoding/detail/otlp_status.h>
#include <sidespan/span_view.h>

namespace sidespan::inline v0::detail {

/// STATUS_CODE_OK or STATUS_CODE_ERROR, of a status that is not unset: that one is not written.
[[nodiscard]] constexpr std::uint64_t otlpStatusCode(SpanStatus status) noexcept {
    return isFailure(status) ? otlpErrorCode : otlpOkCode;
}

/// The W3C flags in bits 0 to 7; bit 8 says that it is known whether the parent is remote, bit 9 that it is
/// (opentelemetry/proto/trace/v1, SpanFlags).
[[nodiscard]] inline std::uint32_t otlpFlags(SpanView span) noexcept {
    return static_cast<std::uint32_t>(span.flags()) | remoteKnownFlag |
           (span.hasRemoteParent() ? remoteFlag : 0U);
}

}
