#pragma once

#include <atomic>
#include <cstddef>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/record/record.h>
#include <sidespan/version.h>

/// The memory of LaneRing's members and items. The test of its interleavings (tests/unit/interleavings)
/// replaces this header with one whose memory knows which values each access may see.
namespace sidespan::inline v0::detail {

template <class T>
using LaneAtomic = std::atomic<T>;

/// A member for the one thread that holds the ring's head.
template <class T>
using LaneOwned = T;

/// Writes at the beginning of an item, or of a line.
template <class T>
SIDESPAN_ALWAYS_INLINE void storeInLane(std::byte* at, const T& value) noexcept {
    storeAt(at, value);
}

[[nodiscard]] SIDESPAN_ALWAYS_INLINE ItemWord wordInLane(const std::byte* at) noexcept {
    return wordAt(at);
}

}
