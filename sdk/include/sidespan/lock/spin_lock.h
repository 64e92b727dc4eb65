#pragma once

#include <atomic>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/platform.h>
#include <sidespan/policy/lock_policy.h>

namespace sidespan::inline v0 {

/// A lock that waits by looking again: nothing is cheaper where it is held for as long as a copy takes. After
/// a while of looking it lets other threads run, in case the holder was interrupted.
class SpinLock {
public:
    void lock() noexcept {
        if (try_lock()) [[likely]]
            return;
        lockContended();
    }
    [[nodiscard]] bool try_lock() noexcept { return !isHeld_.exchange(true, std::memory_order_acquire); }
    void unlock() noexcept { isHeld_.store(false, std::memory_order_release); }

private:
    SIDESPAN_COLD void lockContended() noexcept {
        constexpr int looksBeforeYield = 64;
        for (int looks = 0;; ++looks) {
            if (!isHeld_.load(std::memory_order_relaxed) && try_lock()) return;
            if (looks < looksBeforeYield) {
                detail::platform::pause();
            } else {
                detail::platform::yield();
            }
        }
    }

    std::atomic<bool> isHeld_{false};
};

static_assert(LockPolicy<SpinLock>);

}
