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

/// The 8 bytes that name a span within its trace; written as 16 hex digits. Zero means "none".
class SpanId {
public:
    constexpr SpanId() noexcept = default;
    constexpr explicit SpanId(std::uint64_t value) noexcept : value_(value) {}

    /// Reads exactly 16 hex digits of either case, not all zeros.
    [[nodiscard]] static std::optional<SpanId> parse(std::string_view text) noexcept;

    [[nodiscard]] constexpr bool isValid() const noexcept { return value_ != 0; }
    /// The eight bytes as a number, first byte highest.
    [[nodiscard]] constexpr std::uint64_t value() const noexcept { return value_; }

    /// 16 lower-case hex digits.
    [[nodiscard]] std::string toHex() const;

    friend constexpr auto operator<=>(const SpanId&, const SpanId&) noexcept = default;

private:
    std::uint64_t value_ = 0;
};

}

template <>
struct std::hash<sidespan::SpanId> {
    std::size_t operator()(const sidespan::SpanId& id) const noexcept {
        return std::hash<std::uint64_t>{}(id.value() * 0x9e3779b97f4a7c15U);
    }
};
