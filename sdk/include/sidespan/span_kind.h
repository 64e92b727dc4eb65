#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// A span's role in a trace; the numbers are OTLP's (opentelemetry/proto/trace/v1, SpanKind).
enum class SpanKind : std::uint8_t { unspecified, internal, server, client, producer, consumer };

[[nodiscard]] constexpr std::string_view toString(SpanKind kind) noexcept {
    switch (kind) {
        case SpanKind::internal:
            return "internal";
        case SpanKind::server:
            return "server";
        case SpanKind::client:
            return "client";
        case SpanKind::producer:
            return "producer";
        case SpanKind::consumer:
            return "consumer";
        case SpanKind::unspecified:
            break;
    }
    return "unspecified";
}

[[nodiscard]] constexpr std::optional<SpanKind> parseSpanKind(std::string_view text) noexcept {
    for (auto kind : {SpanKind::unspecified, SpanKind::internal, SpanKind::server, SpanKind::client,
                      SpanKind::producer, SpanKind::consumer}) {
        if (text == toString(kind)) return kind;
    }
    return std::nullopt;
}

}
