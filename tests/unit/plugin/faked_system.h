#pragma once

#include <chrono>

namespace loopshare::testing {

/// From now on the wall clock, as JUCE reads it, is so much ahead.
void setWallClockAhead(std::chrono::seconds ahead);

}
