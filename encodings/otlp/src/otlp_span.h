#pragma once

#include <cstdint>

#include <sidespan/encoding/detail/otlp_status.h>
#include <sidespan/span_view.h>

namespace sidespan::inline v0::detail {

/// STATUS_CODE_OK or STATUS_CODE_ERROR. `status` must not be unset, which is not written.
[[nodiscard]] constexpr std::uint64_t otlpStatusCode(SpanStatus status) noexcept {
    return isFailure(status) ? otlpErrorCode : otlpOkCode;
}

/// Bits 0 to 7 are the W3C flags. Bit 8 says that bit 9 is valid, and bit 9 that the parent is remote
/// (opentelemetry/proto/trace/v1, SpanFlags).
[[nodiscard]] inline std::uint32_t otlpFlags(SpanView span) noexcept {
    return static_cast<std::uint32_t>(span.flags()) | remoteKnownFlag |
           (span.hasRemoteParent() ? remoteFlag : 0U);
}

}
