#pragma once

#include <sidespan/policy/lock_policy.h>

namespace sidespan::inline v0 {

/// No lock: for programs that record on one thread only. Nothing else may touch the recorder, so it starts no
/// drain thread; `flush()` drains on the thread that calls it.
class NullLock {
public:
    void lock() noexcept {}
    [[nodiscard]] bool try_lock() noexcept { return true; }
    void unlock() noexcept {}
};

static_assert(LockPolicy<NullLock>);

}
