#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <sidespan/lock/spin_lock.h>

namespace sidespan::inline v0::detail {

/// Withdrawals of consent in this process that could not be written to an outbox directory. Until they are
/// written, all recorders of the process with the same path count them as if they were. [any thread]
class OwedWithdrawals {
public:
    /// The withdrawals owed to the directory at a path. They are kept while this object exists and while any
    /// are owed. [any thread] Allocates nothing.
    class Share {
    public:
        explicit Share(std::string_view path) noexcept : entry_(take(path)) {}
        ~Share() { entry_.shares_.fetch_sub(1); }  // without a lock, which fork() may have left locked
        Share(const Share&) = delete;
        Share& operator=(const Share&) = delete;
        [[nodiscard]] OwedWithdrawals* operator->() const noexcept { return &entry_; }

    private:
        OwedWithdrawals& entry_;
    };

    [[nodiscard]] std::uint64_t count() const noexcept { return count_.load(std::memory_order_acquire); }
    void add() noexcept { count_.fetch_add(1, std::memory_order_acq_rel); }
    /// Says that one has been written. The caller must hold the lock.
    void noteWritten() noexcept { count_.fetch_sub(1, std::memory_order_acq_rel); }
    /// False for the entry that is shared by all paths beyond 32 at a time. What it counts stays owed.
    [[nodiscard]] bool isOfOnePath() const noexcept;
    /// Held from before a withdrawal is written until noteWritten().
    [[nodiscard]] SpinLock& lock() noexcept { return lock_; }

private:
    [[nodiscard]] static OwedWithdrawals& take(std::string_view path) noexcept;

    std::uint64_t path_ = 0;  // a hash; guarded by the lock of all entries
    std::atomic<std::size_t> shares_{0};
    std::atomic<std::uint64_t> count_{0};
    SpinLock lock_;
};

}
