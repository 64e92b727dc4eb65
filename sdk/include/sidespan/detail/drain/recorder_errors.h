#pragma once

#include <sidespan/error.h>

/// The errors that a recorder itself reports to `onError`. Reporting needs no memory: without memory for the
/// whole message, it is "out of memory" or "slow clock".
namespace sidespan::inline v0::detail {

[[nodiscard]] Error noMemoryForQueue() noexcept;
[[nodiscard]] Error noMemoryForLane() noexcept;
[[nodiscard]] Error slowClock() noexcept;

}
