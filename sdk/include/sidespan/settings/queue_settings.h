#pragma once

#include <chrono>
#include <cstddef>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// The hand-off between the threads that record and the drain thread. A group of `Config`.
struct QueueSettings {
    /// Bytes of the hand-off between recording threads and the drain thread; 64 KiB to 1 GiB. Twice as much
    /// is allocated when the first span is recorded, since one half is filled while the other is drained.
    /// It has eight parts. Between two drains a thread fills one of them: by default 512 KiB, about 4,000
    /// spans with two attributes.
    std::size_t capacityBytes = std::size_t{4} << 20U;
    /// How often the drain thread drains while spans are recorded; 1 ms to 10 s. After 2 s without a span
    /// it drains 10 times less often.
    std::chrono::milliseconds drainInterval{20};
};

}
