#pragma once

#include <cstdint>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// Names an open span of one recorder, for `addAttribute`, `recordEvent` and `endSpan`. A plain value; one
/// that was never given out, or whose span has ended, names nothing.
class SpanHandle {
public:
    constexpr SpanHandle() noexcept = default;
    constexpr explicit SpanHandle(std::uint64_t value) noexcept : value_(value) {}
    [[nodiscard]] constexpr bool isValid() const noexcept { return value_ != 0; }
    [[nodiscard]] constexpr std::uint64_t value() const noexcept { return value_; }
    friend constexpr bool operator==(SpanHandle, SpanHandle) noexcept = default;

private:
    std::uint64_t value_ = 0;
};

}
