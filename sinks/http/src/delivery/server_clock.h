#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include <sidespan/network/delivery_clock.h>

namespace sidespan::inline v0::detail {

/// How far the server's clock is from this machine's monotonic one, as the answers to requests tell: each
/// `Date` (a whole second, cut down) was written after the request had been sent and the server had worked on
/// it for as long as `X-Server-Time` says, and before the answer came. Every answer so bounds the offset from
/// both sides; the bounds of several are narrower than those of one. One thread at a time.
class ServerClock {
public:
    using Time = DeliveryClock::Time;
    using Nanos = std::chrono::nanoseconds;

    /// How much the two clocks may drift apart: twice what crystals are good for.
    static constexpr double mostDrift = 200e-6;

    /// An answer that came at `received`, to a request that was sent at `sent`. A date before 1970 or after
    /// 2199 is ignored.
    void observe(Time sent, Time received, std::chrono::sys_seconds date, Nanos serverTime) noexcept;

    /// To be added to the monotonic clock: the server's Unix time is within `error` of the sum.
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

/// The time that an `X-Server-Time` names, milliseconds with decimals; zero when it names none.
[[nodiscard]] std::chrono::nanoseconds parseServerTime(std::string_view text) noexcept;

}
