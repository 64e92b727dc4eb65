#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <span>
#include <utility>

#include <sidespan/consent_epoch.h>
#include <sidespan/detail/compiler.h>
#include <sidespan/detail/platform.h>
#include <sidespan/detail/record/id_keys.h>
#include <sidespan/detail/record/record.h>
#include <sidespan/policy/lock_policy.h>
#include <sidespan/stats.h>

namespace sidespan::inline v0::detail {

/// Where recording threads leave finished records and the drain thread takes them: a few shards, each a lock
/// around two buffers, one being filled while the other is drained.
///
/// A thread finds the same shard again through a table of owners, so threads meet only when there are more of
/// them than shards; a shard that is held is passed over for the next. Bounded: a record that finds no room
/// is counted and dropped.
template <LockPolicy Lock>
class HandOff {
public:
    static constexpr std::size_t shardCount = 8;

    class alignas(64) Shard {
    public:
        /// A number of this shard's own range for IdKeys. [any thread] Wait-free.
        [[nodiscard]] std::uint64_t nextCounter() noexcept {
            return counter_.fetch_add(1, std::memory_order_relaxed);
        }
        /// Counts a span that ended and was not sampled. [any thread] Wait-free.
        SIDESPAN_COLD void countNotSampled() noexcept { notSampled_.fetch_add(1, std::memory_order_relaxed); }

    private:
        friend class HandOff;
        Lock lock_;
        ConsentEpoch epoch_;        // of what it takes; nothing when that is not valid
        ConsentEpoch filledUnder_;  // of what `filling_` holds
        std::byte* filling_ = nullptr;
        std::size_t used_ = 0;
        std::uint64_t count_ = 0;  // records in `filling_`
        std::uint64_t recorded_ = 0;
        std::atomic<std::uint64_t> counter_{0};
        std::byte* draining_ = nullptr;
        DropReason closedBecause_ = DropReason::consentWithdrawn;
        unsigned idlePasses_ = 0;
        DropCounts dropped_;
        std::atomic<std::uint64_t> notSampled_{0};
    };

    /// Allocates twice `capacityBytes`. `firstRange` and the seven after it are this hand-off's id ranges.
    SIDESPAN_COLD HandOff(std::size_t capacityBytes, std::uint64_t firstRange)
        : shardCapacity_(capacityBytes / shardCount),
          memory_(std::make_unique_for_overwrite<std::byte[]>(2 * shardCount * paddedCapacity())) {
        for (std::size_t i = 0; i < shardCount; ++i) {
            shards_[i].filling_ = memory_.get() + 2 * i * paddedCapacity();
            shards_[i].draining_ = shards_[i].filling_ + paddedCapacity();
            shards_[i].counter_.store(firstOfIdRange(firstRange + i), std::memory_order_relaxed);
        }
    }

    /// The calling thread's shard. [any thread] Wait-free.
    [[nodiscard]] Shard& home() noexcept {
        const std::uint64_t key = platform::threadKey();
        const std::size_t first = (key * 0x9e3779b97f4a7c15U) >> 61U;
        for (std::size_t i = 0; i < shardCount; ++i) {
            const std::size_t index = (first + i) % shardCount;
            std::uint64_t owner = owners_[index].load(std::memory_order_relaxed);
            if (owner == key) [[likely]]
                return shards_[index];
            if (owner == 0 && owners_[index].compare_exchange_strong(owner, key, std::memory_order_relaxed)) {
                return shards_[index];
            }
        }
        return shards_[first];
    }

    [[nodiscard]] Shard& shardAt(std::size_t index) noexcept { return shards_[index]; }
    [[nodiscard]] std::size_t indexOf(const Shard& shard) const noexcept {
        return static_cast<std::size_t>(&shard - shards_.data());
    }

    /// Leaves a record of `size` bytes, begun under the consent `epoch`, which `write(to)` puts where it
    /// belongs; it may write 8 bytes beyond the end. True when the drain thread should look now. Any thread;
    /// waits only when every shard is held, and then as long as a copy takes.
    template <class Write>
    SIDESPAN_ALWAYS_INLINE bool commit(Shard& home, std::size_t size, ConsentEpoch epoch,
                                       Write&& write) noexcept {
        Shard& shard = home.lock_.try_lock() ? home : lockAnother(home);
        const std::lock_guard guard(shard.lock_, std::adopt_lock);
        ++shard.recorded_;
        if (shard.epoch_ != epoch || shard.used_ + size > shardCapacity_) [[unlikely]] {
            const bool isFull = shard.epoch_ == epoch;
            ++shard.dropped_[isFull ? DropReason::queueFull : shard.closedBecause_];
            return isFull;
        }
        write(shard.filling_ + shard.used_);
        const std::size_t half = shardCapacity_ / 2;
        const bool isHalfFull = shard.used_ < half && shard.used_ + size >= half;
        shard.used_ += size;
        shard.filledUnder_ = epoch;
        ++shard.count_;
        return isHalfFull;
    }

    /// Counts a span that could not be recorded at all.
    SIDESPAN_COLD void countDropped(DropReason reason) noexcept {
        Shard& shard = home();
        const std::lock_guard guard(shard.lock_);
        ++shard.recorded_;
        ++shard.dropped_[reason];
    }

    /// Takes records of this consent epoch from now on; what is there of another one is dropped.
    SIDESPAN_COLD void open(ConsentEpoch epoch) noexcept {
        for (auto& shard : shards_) {
            const std::lock_guard guard(shard.lock_);
            if (shard.epoch_ != epoch) discard(shard, DropReason::consentWithdrawn);
            shard.epoch_ = epoch;
        }
    }

    /// Takes nothing from now on; what comes late is dropped for `reason`.
    SIDESPAN_COLD void close(DropReason reason) noexcept {
        for (auto& shard : shards_) {
            const std::lock_guard guard(shard.lock_);
            shard.epoch_ = {};
            shard.closedBecause_ = reason;
        }
    }

    /// Drops what nobody has drained yet.
    SIDESPAN_COLD void discard(DropReason reason) noexcept {
        for (auto& shard : shards_) {
            const std::lock_guard guard(shard.lock_);
            discard(shard, reason);
        }
    }

    /// Calls `take(records, count, epoch)` for each shard that holds any; the bytes are its own until it
    /// returns. Drain thread only; a shard is locked for a pointer swap. False when there was nothing.
    template <class Take>
    SIDESPAN_COLD bool drain(Take&& take) {
        bool any = false;
        for (std::size_t i = 0; i < shardCount; ++i) {
            Shard& shard = shards_[i];
            std::unique_lock guard(shard.lock_);
            const std::size_t used = std::exchange(shard.used_, 0);
            const std::uint64_t count = std::exchange(shard.count_, 0);
            const ConsentEpoch epoch = shard.filledUnder_;
            droppedBefore_[i] = shard.dropped_;
            if (used > 0) std::swap(shard.filling_, shard.draining_);
            guard.unlock();
            letGoWhenIdle(i, used > 0);
            if (used == 0) continue;
            any = true;
            take(std::span(shard.draining_, used), count, epoch);
        }
        return any;
    }

    struct Counts {
        std::uint64_t recorded = 0;
        std::uint64_t notSampled = 0;
        std::uint64_t queued = 0;
        DropCounts dropped;
    };
    [[nodiscard]] SIDESPAN_COLD Counts counts() noexcept {
        Counts sum;
        for (auto& shard : shards_) {
            const std::lock_guard guard(shard.lock_);
            const std::uint64_t notSampled = shard.notSampled_.load(std::memory_order_relaxed);
            sum.recorded += shard.recorded_ + notSampled;
            sum.notSampled += notSampled;
            sum.queued += shard.count_;
            sum.dropped += shard.dropped_;
        }
        return sum;
    }
    /// The drops that drain() saw when it last looked at each shard. Drain thread only. It locks no shard: a
    /// thread that found its shard locked would use another one, and its spans would reach the sink in
    /// another order than they ended.
    [[nodiscard]] SIDESPAN_COLD DropCounts droppedBefore() const noexcept {
        DropCounts sum;
        for (const auto& dropped : droppedBefore_) sum += dropped;
        return sum;
    }

private:
    [[nodiscard]] std::size_t paddedCapacity() const noexcept { return (shardCapacity_ + 16 + 63) / 64 * 64; }

    static void discard(Shard& shard, DropReason reason) noexcept {
        shard.dropped_[reason] += shard.count_;
        shard.used_ = 0;
        shard.count_ = 0;
    }

    SIDESPAN_COLD Shard& lockAnother(Shard& home) noexcept {
        const std::size_t first = indexOf(home);
        for (std::size_t i = 1; i < shardCount; ++i) {
            Shard& shard = shards_[(first + i) % shardCount];
            if (shard.lock_.try_lock()) return shard;
        }
        home.lock_.lock();
        return home;
    }

    // A thread that has gone, or has nothing to record, must not keep its shard from others.
    void letGoWhenIdle(std::size_t index, bool wasUsed) noexcept {
        constexpr unsigned passesUntilIdle = 64;
        auto& idle = shards_[index].idlePasses_;
        idle = wasUsed ? 0 : idle + 1;
        if (idle < passesUntilIdle) return;
        owners_[index].store(0, std::memory_order_relaxed);
        idle = 0;
    }

    alignas(64) std::array<std::atomic<std::uint64_t>, shardCount> owners_{};  // read-mostly: one cache line
    std::array<Shard, shardCount> shards_;
    std::size_t shardCapacity_;
    std::unique_ptr<std::byte[]> memory_;
    std::array<DropCounts, shardCount> droppedBefore_{};  // what the drain thread saw last, by shard
};

}
