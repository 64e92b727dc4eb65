#pragma once

#include <sidespan/error.h>

/// What a recorder tells `onError` itself. Those of memory that is missing need none themselves: where there
/// is none for the whole message, it is "out of memory".
namespace sidespan::inline v0::detail {

[[nodiscard]] Error noMemoryForQueue() noexcept;
[[nodiscard]] Error noMemoryForLane() noexcept;
[[nodiscard]] Error slowClock();

}
