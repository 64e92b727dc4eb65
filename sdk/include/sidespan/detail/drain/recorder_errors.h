#pragma once

#include <sidespan/error.h>

/// What a recorder tells `onError` itself. None needs memory: where there is none for the whole message, it
/// is "out of memory" or "slow clock".
namespace sidespan::inline v0::detail {

[[nodiscard]] Error noMemoryForQueue() noexcept;
[[nodiscard]] Error noMemoryForLane() noexcept;
[[nodiscard]] Error slowClock() noexcept;

}
