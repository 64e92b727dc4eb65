#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include <sidespan/consent_epoch.h>
#include <sidespan/detail/compiler.h>
#include <sidespan/detail/lane/lane_memory.h>
#include <sidespan/detail/platform.h>
#include <sidespan/detail/record/item_writer.h>
#include <sidespan/detail/record/record.h>

namespace sidespan::inline v0::detail {

/// The ring of one lane: the producer writes items at its cursor and publishes them when the outermost span
/// ends; the drain thread reads what is published. An item never straddles the end of the ring: a wrap item
/// says where the stream goes on. Positions are counted on through the laps, so a full ring and an empty one
/// differ.
///
/// The producer's part is wait-free: no lock, no allocation, no system call, and a bounded number of steps.
/// The drain thread's part ends whatever the bytes in the ring are: a host may let two threads write at once.
class LaneRing {
public:
    /// Takes `capacityBytes` rounded up to pages, all touched. Counters come from `idRange`. With
    /// `asksEachTime` whoever acquires it is called back each time, as for a new epoch. Throws
    /// std::bad_alloc.
    LaneRing(std::size_t capacityBytes, std::uint64_t idRange, bool asksEachTime = false);
    LaneRing(const LaneRing&) = delete;
    LaneRing& operator=(const LaneRing&) = delete;

    // Producer.

    /// Takes the ring's head over from whoever had it before; false, and counted, while somebody still has
    /// it: of threads that come at once, one gets it. Calls `onEpoch()`, which must call useEpoch(), if the
    /// epoch is another than that of the last outermost span, and each time with `asksEachTime`.
    template <class OnEpoch>
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE bool acquire(ConsentEpoch epoch, OnEpoch onEpoch) noexcept {
        if (isHeld_.exchange(true, std::memory_order_acquire)) [[unlikely]] {
            countMisuse();
            return false;
        }
        if (epoch != usedEpoch_) [[unlikely]]
            onEpoch();
        groupStart_ = next_;
        groupOrigin_ = origin_;
        groupCounter_ = counter_;
        return true;
    }

    /// Uses the epoch for outermost spans from now on. Returns whether it was another one before.
    SIDESPAN_COLD bool useEpoch(ConsentEpoch epoch) noexcept SIDESPAN_NONBLOCKING;

    /// Leaves out the open outermost span and everything within it: it will be counted as not sampled. What
    /// has been written stays readable until the span ends. What is written from now on, except the heads of
    /// spans, goes to a place that nobody reads.
    SIDESPAN_COLD void leaveOut() noexcept SIDESPAN_NONBLOCKING {
        isSampled_ = false;
        limit_ = 0;
    }
    [[nodiscard]] bool isSampled() const noexcept { return isSampled_; }
    [[nodiscard]] bool asksEachTime() const noexcept { return asksEachTime_; }

    /// Which of the spans that are open an item belongs to: the number of the outermost span, and the owner's
    /// depth. A span that begins while a sibling is still open gets a depth beyond the sibling's.
    using Place = std::uint32_t;
    static constexpr std::uint32_t deepest = 200;
    [[nodiscard]] static constexpr std::uint32_t depthOf(Place place) noexcept { return place & depthMask; }

    /// Whether the outermost span in which `place` was given is still open.
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE bool isOpen(Place place) const noexcept {
        return isHeld() && isOfGroup(place);
    }
    /// Gives a place to a span that begins within the outermost one.
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE Place enter() noexcept {
        if (!isOfGroup(place_)) place_ = group();
        return ++place_;
    }
    /// Takes the place back when its span ends.
    SIDESPAN_ALWAYS_INLINE void leave(Place place) noexcept {
        if (place == place_) [[likely]]
            place_ = place - 1;
    }

    /// Room for an item. When there is none the whole outermost span is given up, and everything that still
    /// belongs to it goes where nobody reads it.
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE std::byte* reserve(std::size_t size) noexcept {
        std::byte* const at = next_;
        if (addressOf(at) + size > limit_) [[unlikely]]
            return reserveElsewhere(size);
        next_ = at + size;
        return at;
    }

    /// The same for the head of a span. The head exists until the span ends, even if the span is left out:
    /// its children and its context are made from it. Call it after the span has entered, unless it is the
    /// outermost one.
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE std::byte* reserveHead() noexcept {
        std::byte* const at = next_;
        if (addressOf(at) + sizeof(SpanItem) > limit_) [[unlikely]]
            return reserveHeadElsewhere();
        next_ = at + sizeof(SpanItem);
        return at;
    }

    /// Whether an outermost span is open. [any thread]
    [[nodiscard]] bool isHeld() const noexcept { return isHeld_.load(std::memory_order_acquire); }

    /// Whether the open outermost span has been given up because there was no room.
    [[nodiscard]] bool isGivenUp() const noexcept { return limit_ == 0 && isSampled_; }

    /// The consent epoch of the outermost span that is open.
    [[nodiscard]] ConsentEpoch epoch() const noexcept { return epoch_; }

    /// Counts a span that could not be begun because it would have been nested too deep.
    SIDESPAN_COLD void countTooDeep() noexcept SIDESPAN_NONBLOCKING;

    [[nodiscard]] SIDESPAN_ALWAYS_INLINE std::uint64_t nextCounter() noexcept { return counter_++; }
    /// The counter that the next span will get.
    [[nodiscard]] std::uint64_t upcomingCounter() const noexcept { return counter_; }

    /// Gives the outermost span and what is in it to the drain thread, and the head back.
    SIDESPAN_ALWAYS_INLINE void publish() noexcept {
        if (limit_ == 0) [[unlikely]] {
            giveUp();
        } else {
            published_.store(addressOf(next_) - origin_, std::memory_order_release);
        }
        isHeld_.store(false, std::memory_order_release);
    }

    /// Forgets the outermost span and what is in it, as if it had never been, and gives the head back.
    SIDESPAN_ALWAYS_INLINE void rewind() noexcept {
        notKept_.store(notKept_.load(std::memory_order_relaxed) + (counter_ - groupCounter_),
                       std::memory_order_relaxed);
        if (limit_ == 0 || origin_ != groupOrigin_) [[unlikely]] {
            returnToGroupStart();
        } else {
            next_ = groupStart_;
        }
        isHeld_.store(false, std::memory_order_release);
    }

    // Drain thread.

    /// Calls `read(item)` for each item published so far, wraps left out; the items stay where they are until
    /// `release()` is given what this returns. Where an item's size cannot be right, nothing behind it can be
    /// found: calls `onBroken()` and passes over the rest. What `read` is given lies in the ring; nothing
    /// else of it is checked.
    template <class Read, class OnBroken = decltype([] {})>
    [[nodiscard]] std::uint64_t read(Read&& read, OnBroken&& onBroken = {}) const {
        std::uint64_t at = consumed_.load(std::memory_order_relaxed);
        const std::uint64_t end = published_.load(std::memory_order_acquire);
        bool isWhole = isWithinALap(at, end);
        while (isWhole && at != end) {
            const std::uint64_t offset = at % capacity_;
            const std::byte* item = bytes_ + offset;
            const ItemWord word = wordInLane(item);
            const bool isWrap = word.type() == ItemType::wrap;
            const std::uint64_t size = isWrap ? capacity_ - offset : word.size();
            isWhole = size != 0 && size % wrapBytes == 0 && size <= capacity_ - offset && size <= end - at;
            if (isWhole && !isWrap) read(item);
            at += size;
        }
        if (!isWhole) onBroken();
        return end;
    }
    void release(std::uint64_t end) noexcept;
    [[nodiscard]] bool isEmpty() const noexcept {
        return consumed_.load(std::memory_order_relaxed) == published_.load(std::memory_order_acquire);
    }

    // Counts of spans; any thread.
    [[nodiscard]] std::uint64_t notKept() const noexcept { return notKept_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t notSampled() const noexcept {
        return notSampled_.load(std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t tooDeep() const noexcept { return tooDeep_.load(std::memory_order_relaxed); }
    /// How often an outermost span was begun, and refused, while another was open: by two threads at once, or
    /// one within the other.
    [[nodiscard]] std::uint64_t misuses() const noexcept { return misuses_.load(std::memory_order_relaxed); }

private:
    [[nodiscard]] Place group() const noexcept { return static_cast<Place>(groupCounter_ << depthBits); }
    [[nodiscard]] bool isOfGroup(Place place) const noexcept { return (place ^ group()) <= depthMask; }
    SIDESPAN_COLD void countMisuse() noexcept SIDESPAN_NONBLOCKING;
    SIDESPAN_COLD std::byte* reserveElsewhere(std::size_t size) noexcept SIDESPAN_NONBLOCKING;
    SIDESPAN_COLD std::byte* reserveHeadElsewhere() noexcept SIDESPAN_NONBLOCKING;
    SIDESPAN_COLD void giveUp() noexcept SIDESPAN_NONBLOCKING;
    SIDESPAN_COLD void returnToGroupStart() noexcept SIDESPAN_NONBLOCKING;
    [[nodiscard]] std::uintptr_t limitFor(std::uint64_t consumed) const noexcept;
    [[nodiscard]] bool isWithinALap(std::uint64_t begin, std::uint64_t end) const noexcept {
        return end - begin <= capacity_;
    }
    [[nodiscard]] std::uint64_t lap() const noexcept { return start() - origin_; }  // where this one begins
    [[nodiscard]] std::uintptr_t start() const noexcept { return addressOf(bytes_); }
    [[nodiscard]] static SIDESPAN_ALWAYS_INLINE std::uintptr_t addressOf(const std::byte* at) noexcept {
        return reinterpret_cast<std::uintptr_t>(at);
    }

    static constexpr unsigned depthBits = 8;
    static constexpr Place depthMask = (1U << depthBits) - 1;
    static constexpr std::size_t wrapBytes = sizeof(ItemWord);

    // Producer's. The cursor and the limit are kept apart: a compiler that reads both at once after writing
    // one makes the processor wait for that write.
    alignas(64) LaneOwned<std::byte*> next_;
    LaneOwned<std::uint64_t> counter_;
    LaneOwned<std::byte*> groupStart_{nullptr};
    LaneOwned<std::uintptr_t> origin_;  // the address that position 0 has in this lap
    LaneOwned<std::uint64_t> groupCounter_{0};
    LaneOwned<std::uintptr_t> limit_{0};  // 0 once the outermost span has been given up or left out
    LaneOwned<std::uintptr_t> groupOrigin_{0};
    // Never valid where each outermost span is asked for; else as epoch_.
    LaneOwned<ConsentEpoch> usedEpoch_;
    // Of the span that began last and is open; of an earlier group when there is none.
    LaneOwned<Place> place_{0};
    LaneAtomic<bool> isHeld_{false};
    LaneOwned<bool> isSampled_{true};  // the outermost span that is open
    const bool asksEachTime_;
    LaneOwned<ConsentEpoch> epoch_;

    // Written by the producer, read by others.
    alignas(64) LaneAtomic<std::uint64_t> published_{0};
    LaneAtomic<std::uint64_t> notKept_{0};
    LaneAtomic<std::uint64_t> notSampled_{0};
    LaneAtomic<std::uint64_t> dropped_{0};
    LaneAtomic<std::uint64_t> tooDeep_{0};
    LaneAtomic<std::uint64_t> misuses_{0};

    // Written by the drain thread.
    alignas(64) LaneAtomic<std::uint64_t> consumed_{0};

    // Neither is written after construction, but the trash is.
    alignas(64) std::byte* bytes_;
    std::uint64_t capacity_;
    std::byte* trash_;
    platform::TouchedMemory memory_;
    platform::TouchedMemory heads_;  // of spans that are left out, by depth
};

}
