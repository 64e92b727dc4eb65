#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// How an operation ended. `unset` is the status of a span on which none was set; `cancelled` means that
/// somebody stopped it. In OTLP these are unset (0), ok (1) and error (2); `cancelled` is an error there,
/// with the attribute `sidespan.status` = "cancelled".
enum class SpanStatus : std::uint8_t { unset, ok, error, cancelled };

/// Whether the operation failed or was cancelled.
[[nodiscard]] constexpr bool isFailure(SpanStatus status) noexcept {
    return status == SpanStatus::error || status == SpanStatus::cancelled;
}

/// By its name in native JSON, where `unset` is "ok" too.
[[nodiscard]] constexpr std::string_view toString(SpanStatus status) noexcept {
    switch (status) {
        case SpanStatus::error:
            return "error";
        case SpanStatus::cancelled:
            return "cancelled";
        case SpanStatus::unset:
        case SpanStatus::ok:
            break;
    }
    return "ok";
}

[[nodiscard]] constexpr std::optional<SpanStatus> parseSpanStatus(std::string_view text) noexcept {
    for (auto status : {SpanStatus::ok, SpanStatus::error, SpanStatus::cancelled}) {
        if (text == toString(status)) return status;
    }
    return std::nullopt;
}

}
