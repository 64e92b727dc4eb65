#pragma once

#include <sidespan/error.h>

/// What a recorder tells `onError` itself.
namespace sidespan::inline v0::detail {

[[nodiscard]] Error noMemoryForQueue();
[[nodiscard]] Error noMemoryForLane();
[[nodiscard]] Error slowClock();

}
