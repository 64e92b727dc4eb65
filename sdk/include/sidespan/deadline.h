#pragma once

#include <chrono>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// A moment by which something has to return. Always real time, whatever clock stamps the spans.
using Deadline = std::chrono::steady_clock::time_point;

[[nodiscard]] inline Deadline deadlineIn(std::chrono::nanoseconds timeout) {
    return std::chrono::steady_clock::now() + timeout;
}

}
