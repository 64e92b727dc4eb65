#pragma once

#include <cmath>

#include <juce_core/juce_core.h>

namespace loopshare {

/// The milliseconds in an X-Server-Time header; below 0 when it holds no number. JUCE reads "2.5" in every
/// locale.
[[nodiscard]] inline double readServerTime(const juce::String& header) {
    const double milliseconds = header.isEmpty() ? -1 : header.getDoubleValue();
    return std::isfinite(milliseconds) ? milliseconds : -1;
}

}
