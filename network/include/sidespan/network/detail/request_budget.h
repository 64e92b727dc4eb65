#pragma once

#include <chrono>
#include <cstdint>

#include <sidespan/network/delivery_clock.h>

namespace sidespan::inline v0::detail {

/// How many bytes of request bodies may still be sent today; days are those of UTC. This one counts in
/// memory; a sink may derive one that counts somewhere else. For the thread that sends.
class RequestBudget {
public:
    /// Touches nothing outside memory. 0 means no limit.
    explicit RequestBudget(std::uint64_t limit) noexcept : limit_(bounded(limit)) {}
    virtual ~RequestBudget() = default;
    RequestBudget(const RequestBudget&) = delete;
    RequestBudget& operator=(const RequestBudget&) = delete;

    /// Takes that many bytes off today's budget, or none and returns false. The day's first request always
    /// passes, so that one larger than the whole budget does not wait for ever.
    [[nodiscard]] bool take(std::uint64_t bytes, DeliveryClock::WallTime now) noexcept {
        return change(bounded(bytes), now);
    }
    /// Returns bytes of a take() that were not sent after all.
    void giveBack(std::uint64_t bytes, DeliveryClock::WallTime now) noexcept { change(-bounded(bytes), now); }
    [[nodiscard]] static std::chrono::nanoseconds untilTomorrow(DeliveryClock::WallTime now) noexcept;

protected:
    struct Day {
        std::int64_t number = 0;  // since 1970
        std::int64_t used = 0;
    };
    /// The largest count of bytes there is, so that sums fit.
    static constexpr std::int64_t mostBytes = std::int64_t{1} << 61U;

    /// Adds `bytes`, which may be negative, to today's count. False if they exceed the budget.
    [[nodiscard]] virtual bool add(std::int64_t bytes) noexcept { return addHere(bytes); }
    [[nodiscard]] bool addHere(std::int64_t bytes) noexcept;
    [[nodiscard]] static std::int64_t bounded(std::uint64_t bytes) noexcept;

    Day day_;                   // as far as this object knows
    std::int64_t unsaved_ = 0;  // the part of it that only this object knows

private:
    bool change(std::int64_t bytes, DeliveryClock::WallTime now) noexcept;

    std::int64_t limit_;
};

}
