#pragma once

#include <chrono>
#include <cstddef>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// The hand-off between the threads that record and the drain thread. A group of `Config`.
struct QueueSettings {
    /// Of the hand-off between recording threads and the drain thread, in all; 64 KiB to 1 GiB. Taken
    /// twice, since one half is filled while the other is drained, and only when the first span is
    /// recorded. It is split into eight, and a thread fills one of them between two looks: 512 KiB, some
    /// 4,000 spans with two attributes, by default.
    std::size_t capacityBytes = std::size_t{4} << 20U;
    /// How often the drain thread looks while spans are coming; 1 ms to 10 s. It looks 10 times less
    /// often when none came for 2 s.
    std::chrono::milliseconds drainInterval{20};
};

}
