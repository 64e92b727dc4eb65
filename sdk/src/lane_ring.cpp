#include <sidespan/detail/lane_ring.h>

#include <sidespan/detail/id_keys.h>

namespace sidespan::inline v0::detail {

namespace {
// The largest item there is.
constexpr std::size_t trashBytes = 16 + roundUpTo8(maxTextBytes);
}

LaneRing::LaneRing(std::size_t capacityBytes, std::uint64_t idRange)
    : counter_(firstOfIdRange(idRange)), memory_(capacityBytes + trashBytes) {
    trash_ = memory_.bytes().data();
    bytes_ = trash_ + trashBytes;
    capacity_ = (memory_.bytes().size() - trashBytes) / 8 * 8;
    next_ = bytes_;
    origin_ = start();
    limit_ = limitHere();
}

void LaneRing::countMisuse() noexcept { misuses_.fetch_add(1, std::memory_order_relaxed); }

// How far items may reach from the cursor on: to what the drain thread has not read yet, or to the end of the
// ring less room to say that the stream wraps.
std::uintptr_t LaneRing::limitHere() const noexcept {
    const std::uint64_t consumed = consumed_.load(std::memory_order_acquire);
    const std::uint64_t lap = start() - origin_;  // the position at which this lap begins
    if (consumed >= lap) return start() + capacity_ - wrapBytes;
    return start() + (consumed - (lap - capacity_));
}

std::byte* LaneRing::reserveElsewhere(std::size_t size) noexcept {
    if (limit_ == 0) return trash_;
    limit_ = limitHere();
    if (reinterpret_cast<std::uintptr_t>(next_) + size <= limit_) return reserve(size);
    if (limit_ == start() + capacity_ - wrapBytes) {
        storeAt(next_, ItemWord::make(ItemType::wrap, 0, wrapBytes));
        next_ = bytes_;
        origin_ -= capacity_;
        limit_ = limitHere();
        if (reinterpret_cast<std::uintptr_t>(next_) + size <= limit_) return reserve(size);
    }
    limit_ = 0;
    return trash_;
}

// An epoch item of its own, so that spans need not carry one; published with the first group after it.
void LaneRing::changeEpoch(std::uint32_t epoch) noexcept {
    std::byte* at = reserve(sizeof(ItemWord));
    if (limit_ == 0) return;  // no room: this group is given up, and the next one tries again
    storeAt(at, ItemWord(ItemWord::make(ItemType::epoch, 0, sizeof(ItemWord)).bits() |
                         (std::uint64_t{epoch} << 32U)));
    epoch_ = epoch;
}

void LaneRing::giveUp() noexcept {
    dropped_.store(dropped_.load(std::memory_order_relaxed) + (counter_ - groupCounter_),
                   std::memory_order_relaxed);
    returnToGroupStart();
}

void LaneRing::returnToGroupStart() noexcept {
    next_ = groupStart_;
    origin_ = groupOrigin_;
    limit_ = limitHere();
}

}
