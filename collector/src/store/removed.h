#pragma once

#include <cstdint>

#include <sidespan_collector/retention.h>

namespace sidespan::collector {

/// What retention or a deletion removed.
struct Removed {
    std::int64_t spans = 0;
    std::int64_t traces = 0;
    std::int64_t kept = 0;         ///< traces that stay longer than their day
    bool isStillTooLarge = false;  ///< the rest must not be deleted, and is larger than `maxBytes`
};

}
