#pragma once

#include <cstdint>

namespace sidespan::bench {

/// How many threads this program has started so far, those that have ended included.
[[nodiscard]] std::uint64_t threadsStarted() noexcept;

}
