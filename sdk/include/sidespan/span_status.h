#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// How an operation ended. In native JSON by name; in OTLP `ok` is unset (0) and the others are error (2).
enum class SpanStatus : std::uint8_t { ok, error, cancelled };

[[nodiscard]] constexpr std::string_view toString(SpanStatus status) noexcept {
    switch (status) {
        case SpanStatus::error:
            return "error";
        case SpanStatus::cancelled:
            return "cancelled";
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
