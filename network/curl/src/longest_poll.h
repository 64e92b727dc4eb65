#pragma once

#include <chrono>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// No wait for sockets is longer. libcurl does not say when it wants to try a host's next address, and
/// without a descriptor for its wake-up pair nothing else ends a wait.
inline constexpr std::chrono::milliseconds longestPoll{50};

}
