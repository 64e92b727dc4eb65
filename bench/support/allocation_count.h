#pragma once

#include <cstdint>

namespace sidespan::bench {

/// How often the calling thread has asked for heap memory, by malloc and its relatives, operator new
/// included. Counts only where glibc lets a program stand before its malloc; see `isCounted`.
[[nodiscard]] std::uint64_t allocations() noexcept;

#if defined(__GLIBC__) || __has_include(<gnu/libc-version.h>)
inline constexpr bool isCounted = true;
#else
inline constexpr bool isCounted = false;
#endif

}
