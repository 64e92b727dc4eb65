#pragma once

#if defined(__APPLE__)

#include <os/lock.h>

#include <sidespan/policy/lock_policy.h>

namespace sidespan::inline v0 {

/// Apple's `os_unfair_lock`, for macOS 10.12 and iOS 10 and later. A thread that waits lends its priority to
/// the holder, which a SpinLock does not do: there, a thread of high priority may take the processor from the
/// holder that it waits for.
class UnfairLock {
public:
    void lock() noexcept { ::os_unfair_lock_lock(&lock_); }
    [[nodiscard]] bool try_lock() noexcept { return ::os_unfair_lock_trylock(&lock_); }
    void unlock() noexcept { ::os_unfair_lock_unlock(&lock_); }

private:
    os_unfair_lock lock_ = OS_UNFAIR_LOCK_INIT;
};

static_assert(LockPolicy<UnfairLock>);

}

#endif
