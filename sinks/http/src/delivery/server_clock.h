#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include <sidespan/network/delivery_clock.h>

namespace sidespan::inline v0::detail {

/// The offset between the server's clock and this machine's monotonic clock, computed from the answers to
/// requests. Each `Date` (a whole second, rounded down) was written after the request was sent and the server
/// had worked on it for `X-Server-Time`, and before the answer came. So every answer is a lower and an upper
/// bound for the offset; several answers narrow the bounds. One thread at a time.
class ServerClock {
public:
    using Time = DeliveryClock::Time;
    using Nanos = std::chrono::nanoseconds;

    /// The largest drift between the two clocks: twice the tolerance of crystals.
    static constexpr double mostDrift = 200e-6;

    /// An answer that came at `received`, to a request that was sent at `sent`. A date before 1970 or after
    /// 2199 is ignored.
    void observe(Time sent, Time received, std::chrono::sys_seconds date, Nanos serverTime) noexcept;

    /// Added to the monotonic clock it gives the server's Unix time, which is wrong by at most `error`.
    struct Offset {
        Nanos offset{};
        Nanos error{};
    };
    /// The offset at `moment`, which may be before or after the last answer; nullopt if there was no answer
    /// yet.
    [[nodiscard]] std::optional<Offset> at(Time moment) const noexcept;

private:
    struct Bounds {
        Nanos least{};
        Nanos most{};
    };
    [[nodiscard]] Bounds boundsAt(Time moment) const noexcept;

    std::optional<Bounds> bounds_;  // at `observed_`
    Time observed_;
};

/// The time in an `X-Server-Time`, milliseconds with decimals; zero if it is malformed.
[[nodiscard]] std::chrono::nanoseconds parseServerTime(std::string_view text) noexcept;

}
