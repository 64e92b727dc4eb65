#include "store/clock_shift.h"

namespace sidespan::collector {

// Stored numbers come from clients: differences wrap around instead of overflowing.
ClockShift clockShift(const BatchClock& clock, std::int64_t startUnixNano) noexcept {
    constexpr std::uint64_t oneIn = 5000;  // 200 ppm
    const auto wide = [](std::int64_t number) { return static_cast<std::uint64_t>(number); };
    const std::uint64_t anchor = wide(clock.wall) - wide(clock.monotonic);
    const auto apart = static_cast<std::int64_t>(wide(startUnixNano) - anchor - wide(clock.known));
    const std::uint64_t distance = apart < 0 ? std::uint64_t{0} - wide(apart) : wide(apart);
    return {static_cast<std::int64_t>(wide(clock.offset) - anchor),
            static_cast<std::int64_t>(wide(clock.error) + distance / oneIn)};
}

}
