#pragma once

#include <chrono>
#include <cstdint>

#include <sidespan/detail/compiler.h>

namespace sidespan::inline v0::detail {

// A clock of the standard library, in nanoseconds. The standard does not promise that reading it never
// blocks. Linux, macOS and Windows read it without a system call on ordinary machines; if this machine does
// not, openLane() reports it.
template <class StdClock>
[[nodiscard]] SIDESPAN_ALWAYS_INLINE std::uint64_t nanosOf() noexcept SIDESPAN_NONBLOCKING {
    SIDESPAN_TRUSTED_BEGIN
    const auto time = StdClock::now().time_since_epoch();
    SIDESPAN_TRUSTED_END
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(time).count());
}

}
