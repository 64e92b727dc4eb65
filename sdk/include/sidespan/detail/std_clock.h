#pragma once

#include <chrono>
#include <cstdint>

#include <sidespan/detail/compiler.h>

namespace sidespan::inline v0::detail {

// What a clock of the standard library says, in nanoseconds. The standard does not say that a read never
// blocks. Linux, macOS and Windows serve it from user space on ordinary machines; where this one does not,
// openLane() says so.
template <class StdClock>
[[nodiscard]] SIDESPAN_ALWAYS_INLINE std::uint64_t nanosOf() noexcept SIDESPAN_NONBLOCKING {
    SIDESPAN_TRUSTED_BEGIN
    const auto time = StdClock::now().time_since_epoch();
    SIDESPAN_TRUSTED_END
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(time).count());
}

}
