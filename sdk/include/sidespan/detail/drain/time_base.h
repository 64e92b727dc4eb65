#pragma once

#include <algorithm>
#include <cstdint>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// Places ticks in the calendar: one anchor, a moment known in both, taken off the recording threads. It is
/// taken anew when the two clocks have drifted apart, as after a suspend or when somebody sets the clock;
/// what ended before the last look at which they agreed keeps the old one. Drain thread only.
class TimeBase {
public:
    /// Looks at both clocks, read one after the other.
    void observe(std::uint64_t ticks, std::uint64_t unixNanos, double ticksPerSecond) noexcept;

    /// The length of a span in nanoseconds: a pure function of its ticks.
    [[nodiscard]] std::uint64_t duration(std::uint64_t startTicks, std::uint64_t endTicks) const noexcept {
        if (endTicks <= startTicks) return 0;
        return static_cast<std::uint64_t>(toNanos(static_cast<double>(endTicks - startTicks)));
    }

    /// When `ticks` was, for a moment of a span that ended at `endTicks`.
    [[nodiscard]] std::uint64_t toUnixNanos(std::uint64_t ticks, std::uint64_t endTicks) const noexcept {
        const Anchor& anchor = endTicks <= agreedUntil_ ? before_ : anchor_;
        const auto delta = static_cast<double>(static_cast<std::int64_t>(ticks - anchor.ticks));
        return anchor.unixNanos + static_cast<std::uint64_t>(toNanos(delta));
    }

private:
    // No more than an integer holds: ticks may be what nobody ever read off a clock.
    [[nodiscard]] std::int64_t toNanos(double ticks) const noexcept {
        constexpr double most = 9.2e18;
        return static_cast<std::int64_t>(std::clamp(ticks * nanosPerTick_, -most, most));
    }

    struct Anchor {
        std::uint64_t ticks = 0;
        std::uint64_t unixNanos = 0;
    };
    Anchor anchor_;
    Anchor before_;
    std::uint64_t lastLook_ = 0;
    std::uint64_t agreedUntil_ = 0;  // what ended until here belongs to `before_`
    double nanosPerTick_ = 1.0;
};

}
