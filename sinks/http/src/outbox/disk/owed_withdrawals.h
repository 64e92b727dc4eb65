#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include <sidespan/lock/spin_lock.h>

namespace sidespan::inline v0::detail {

/// The withdrawals of consent in this process that could not be written to an outbox directory, because it
/// takes no writes. Every recorder of the process that is given the same path counts them as if they had
/// been, until they are written. [any thread]
class OwedWithdrawals {
public:
    /// Of the directory at that path.
    [[nodiscard]] static OwedWithdrawals& of(std::string_view path) noexcept;

    [[nodiscard]] std::uint64_t count() const noexcept { return count_.load(std::memory_order_acquire); }
    void add() noexcept { count_.fetch_add(1, std::memory_order_acq_rel); }
    /// One has been written. With the lock held.
    void settle() noexcept { count_.fetch_sub(1, std::memory_order_acq_rel); }
    /// False for the entry that is shared by all paths beyond the first 32. What it counts stays owed.
    [[nodiscard]] bool isOfOnePath() const noexcept;
    /// Held from before a withdrawal is written until it is settled.
    [[nodiscard]] SpinLock& lock() noexcept { return lock_; }

private:
    std::atomic<std::uint64_t> path_{0};  // a hash; 0 while unused
    std::atomic<std::uint64_t> count_{0};
    SpinLock lock_;
};

}
