#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// The 16 bytes that name a trace. Those the SDK makes are version 4 UUIDs (RFC 9562), so they can be written
/// both as a UUID (X-headers, JSON, SQL) and as 32 hex digits (traceparent, OTLP). All zero means "none".
class TraceId {
public:
    constexpr TraceId() noexcept = default;
    /// `high` holds the first eight bytes in network order, `low` the last eight.
    constexpr TraceId(std::uint64_t high, std::uint64_t low) noexcept : high_(high), low_(low) {}

    /// Reads 32 hex digits, or a UUID in its 8-4-4-4-12 form; either case. Nothing else, and not all zeros.
    [[nodiscard]] static std::optional<TraceId> parse(std::string_view text) noexcept;

    /// False for the all-zero id, which W3C Trace Context forbids.
    [[nodiscard]] constexpr bool isValid() const noexcept { return (high_ | low_) != 0; }
    [[nodiscard]] constexpr std::uint64_t high() const noexcept { return high_; }
    [[nodiscard]] constexpr std::uint64_t low() const noexcept { return low_; }

    /// 36 characters: 8-4-4-4-12 lower-case hex digits.
    [[nodiscard]] std::string toUuid() const;
    /// 32 lower-case hex digits.
    [[nodiscard]] std::string toHex() const;

    friend constexpr auto operator<=>(const TraceId&, const TraceId&) noexcept = default;

private:
    std::uint64_t high_ = 0;
    std::uint64_t low_ = 0;
};

}

template <>
struct std::hash<sidespan::TraceId> {
    std::size_t operator()(const sidespan::TraceId& id) const noexcept {
        return std::hash<std::uint64_t>{}(id.high() ^ (id.low() * 0x9e3779b97f4a7c15U));
    }
};
