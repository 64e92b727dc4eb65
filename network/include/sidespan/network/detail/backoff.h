#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include <sidespan/config.h>
#include <sidespan/network/delivery_clock.h>

namespace sidespan::inline v0::detail {

/// When to try again after failures: exponential backoff with full jitter, so that clients that failed
/// together do not come back together.
class Backoff {
public:
    using Time = DeliveryClock::Time;

    explicit Backoff(const Config::Retry& limits)
        : initial_(limits.initialBackoff), cap_(limits.maxBackoff) {}

    /// Counts a failure. The next attempt is at a random moment within initialBackoff * 2^(failures - 1) from
    /// now, or within maxBackoff if that is less, but not before `notBefore`, which the server asked for.
    void fail(Time now, std::optional<Time> notBefore = {});
    /// Without counting a failure: nothing is to be tried before `until`.
    void postpone(Time until) { askedFor_ = until; }
    void succeed() { *this = Backoff(initial_, cap_); }
    /// Lets the next attempt come at once, unless the server asked for more time.
    void retryNow() { jittered_ = (Time::min)(); }

    [[nodiscard]] Time opensAt() const { return (std::max)(jittered_, askedFor_); }
    [[nodiscard]] std::uint32_t failures() const noexcept { return failures_; }

private:
    Backoff(std::chrono::milliseconds initial, std::chrono::milliseconds cap)
        : initial_(initial), cap_(cap) {}

    std::chrono::milliseconds initial_;
    std::chrono::milliseconds cap_;
    std::uint32_t failures_ = 0;
    Time jittered_ = (Time::min)();
    Time askedFor_ = (Time::min)();
};

}
