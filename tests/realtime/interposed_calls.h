#pragma once

#include <cstdint>

namespace sidespan::test {

/// Calls that a thread made of what the program has put in place of the C library's: malloc, calloc, realloc
/// and the aligned ones, and operator new; free and operator delete; pthread_mutex_lock, _trylock and
/// _unlock; pthread_cond_wait, _timedwait, _clockwait, _signal and _broadcast.
struct CallCounts {
    std::uint64_t allocations = 0;
    std::uint64_t releases = 0;
    std::uint64_t locks = 0;
    std::uint64_t conditions = 0;

    friend bool operator==(const CallCounts&, const CallCounts&) = default;
};

/// Calls by the calling thread so far.
[[nodiscard]] CallCounts callCounts() noexcept;

/// Calls by the calling thread within `work`.
template <class Work>
[[nodiscard]] CallCounts callsWithin(Work&& work) {
    const CallCounts before = callCounts();
    work();
    const CallCounts after = callCounts();
    return {after.allocations - before.allocations, after.releases - before.releases,
            after.locks - before.locks, after.conditions - before.conditions};
}

}
