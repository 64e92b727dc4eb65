#pragma once

#include <chrono>
#include <cstdint>

#include <sidespan/delivery_clock.h>

namespace sidespan::inline v0::detail {

/// How many bytes of request bodies may still be sent today; days are UTC's.
class ByteBudget {
public:
    /// A limit of 0 is none.
    explicit ByteBudget(std::uint64_t bytesPerDay) noexcept : limit_(bytesPerDay) {}

    /// Takes that many bytes off today's budget, or none and returns false. The day's first request always
    /// passes, so that one larger than the whole budget does not wait for ever.
    [[nodiscard]] bool take(std::uint64_t bytes, DeliveryClock::WallTime now) noexcept;
    [[nodiscard]] static std::chrono::nanoseconds untilTomorrow(DeliveryClock::WallTime now) noexcept;

private:
    std::uint64_t limit_;
    std::uint64_t used_ = 0;
    std::chrono::sys_days day_{};
};

}
