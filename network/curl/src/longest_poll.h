#pragma once

#include <chrono>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// The longest wait for sockets. libcurl does not say when it wants to try a host's next address, and if it
/// had no descriptor for its wake-up pair, nothing else ends a wait.
inline constexpr std::chrono::milliseconds longestPoll{50};

}
