#pragma once

#include <cstdint>
#include <optional>

#include "store/span_row.h"

namespace sidespan::collector {

/// The stored data of a client's clock, for one batch, in nanoseconds.
struct BatchClock {
    std::int64_t wall = 0;       ///< Unix time when the batch was begun, by the clock that dates its spans
    std::int64_t monotonic = 0;  ///< the same moment since the client's start
    std::int64_t known = 0;      ///< since the client's start: when the offset was measured
    std::int64_t offset = 0;     ///< added to the monotonic time it gives this server's Unix time
    std::int64_t error = 0;      ///< the largest error of the offset
};

/// The shift from a span's time to this server's. The further the span is from the moment at which the offset
/// was measured, the more the clocks may have drifted apart: 200 ppm are assumed.
[[nodiscard]] ClockShift clockShift(const BatchClock& clock, std::int64_t startUnixNano) noexcept;

}
