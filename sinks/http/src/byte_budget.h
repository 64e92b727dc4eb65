#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sidespan/config.h>
#include <sidespan/delivery_clock.h>

#include "directory.h"

namespace sidespan::inline v0::detail {

/// How many bytes of request bodies may still be sent today; days are UTC's. Counted in the outbox directory
/// where there is one, for all who share it and over restarts; else in memory.
class ByteBudget {
public:
    /// Touches nothing. A limit of 0 is none.
    explicit ByteBudget(const Config& config);

    /// Takes that many bytes off today's budget, or none and returns false. The day's first request always
    /// passes, so that one larger than the whole budget does not wait for ever.
    [[nodiscard]] bool take(std::uint64_t bytes, DeliveryClock::WallTime now) noexcept;
    /// Of what was taken, what was not sent after all.
    void giveBack(std::uint64_t bytes, DeliveryClock::WallTime now) noexcept;
    [[nodiscard]] static std::chrono::nanoseconds untilTomorrow(DeliveryClock::WallTime now) noexcept;

private:
    struct Day {
        std::int64_t number = 0;  // since 1970
        std::int64_t used = 0;
    };
    [[nodiscard]] static Day parse(std::string_view text) noexcept;
    bool add(std::int64_t bytes, DeliveryClock::WallTime now) noexcept;
    [[nodiscard]] std::optional<bool> addToFile(std::int64_t bytes) noexcept;
    [[nodiscard]] bool addHere(std::int64_t bytes) noexcept;

    std::int64_t limit_;
    std::string directory_;
    Directory open_;
    Day day_;                   // as far as is known here
    std::int64_t unsaved_ = 0;  // what of it is not in the directory
};

}
