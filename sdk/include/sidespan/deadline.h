#pragma once

#include <chrono>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// A moment by which something has to return. Always real time, whatever clock stamps the spans.
using Deadline = std::chrono::steady_clock::time_point;

/// Timeouts longer than a year are a year, so that `nanoseconds::max()` may say "however long".
[[nodiscard]] inline Deadline deadlineIn(std::chrono::nanoseconds timeout) {
    constexpr std::chrono::nanoseconds year = std::chrono::hours(24 * 365);
    return std::chrono::steady_clock::now() + (timeout < year ? timeout : year);
}

}
