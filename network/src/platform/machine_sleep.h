#pragma once

#include <chrono>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// How long the steady clock has stood still because the machine slept; 0 where it does not stand still.
/// [any thread] No allocation.
[[nodiscard]] std::chrono::nanoseconds sleptSoFar() noexcept;

}
