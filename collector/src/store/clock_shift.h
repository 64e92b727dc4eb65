#pragma once

#include <cstdint>
#include <optional>

#include "store/span_row.h"

namespace sidespan::collector {

/// What is stored of a client's clock, for one batch: nanoseconds.
struct BatchClock {
    std::int64_t wall = 0;       ///< Unix time when the batch was begun, by the clock that dates its spans
    std::int64_t monotonic = 0;  ///< the same moment since the client's start
    std::int64_t known = 0;      ///< when, since the client's start, the following was known
    std::int64_t offset = 0;     ///< from the monotonic time to this server's Unix time
    std::int64_t error = 0;      ///< of the offset, at most
};

/// What leads from a span's time to this server's. The longer the offset was known before or after the span,
/// the more the clocks may have drifted apart: 200 ppm are allowed for.
[[nodiscard]] ClockShift clockShift(const BatchClock& clock, std::int64_t startUnixNano) noexcept;

}
