#include <sidespan/detail/compiler.h>
#include <sidespan/detail/lane/lane_ring.h>

#include <sidespan/detail/record/id_keys.h>

namespace sidespan::inline v0::detail {

namespace {

constexpr std::size_t line = 64;  // of a cache

// Room for the largest item, in whole lines.
constexpr std::size_t trashBytes = (16 + roundUpTo8(maxTextBytes) + line - 1) / line * line;

// The heads from the outermost span to the deepest, and one of a span that is refused.
constexpr std::size_t headsBytes = (LaneRing::deepest + 2) * sizeof(SpanItem);

}

SIDESPAN_COLD LaneRing::LaneRing(std::size_t capacityBytes, std::uint64_t idRange, bool asksEachTime)
    : counter_(firstOfIdRange(idRange)),
      asksEachTime_(asksEachTime),
      memory_(capacityBytes + trashBytes),
      heads_(headsBytes) {
    trash_ = memory_.bytes().data();
    bytes_ = trash_ + trashBytes;
    capacity_ = (memory_.bytes().size() - trashBytes) / line * line;
    next_ = bytes_;
    origin_ = start();
    limit_ = limitFor(consumed_.load(std::memory_order_acquire));
}

void LaneRing::countMisuse() noexcept {
    misuses_.fetch_add(1, std::memory_order_relaxed);
}

void LaneRing::countTooDeep() noexcept {
    tooDeep_.fetch_add(1, std::memory_order_relaxed);
}

// How far items may reach if the drain thread has read up to `consumed`: to there, or to the end of the ring
// less room for the wrap item.
std::uintptr_t LaneRing::limitFor(std::uint64_t consumed) const noexcept {
    if (consumed >= lap()) return start() + capacity_ - wrapBytes;
    return start() + (consumed - (lap() - capacity_));
}

std::byte* LaneRing::reserveElsewhere(std::size_t size) noexcept {
    if (limit_ == 0) return trash_;
    const std::uint64_t consumed = consumed_.load(std::memory_order_acquire);
    limit_ = limitFor(consumed);
    if (addressOf(next_) + size <= limit_) return reserve(size);
    if (consumed >= lap()) {  // else part of this lap is unread, perhaps only the last wrap item
        storeInLane(next_, ItemWord::make(ItemType::wrap, 0, wrapBytes));
        next_ = bytes_;
        origin_ -= capacity_;
        limit_ = limitFor(consumed);
        if (addressOf(next_) + size <= limit_) return reserve(size);
    }
    limit_ = 0;
    return trash_;
}

std::byte* LaneRing::reserveHeadElsewhere() noexcept {
    if (isSampled_) return reserveElsewhere(sizeof(SpanItem));
    return heads_.bytes().data() + (isOfGroup(place_) ? depthOf(place_) : 0) * sizeof(SpanItem);
}

// Writes to the cache lines that were read. If they were only read, two processors would share them, and the
// producer would wait for each when it writes there again (measured: 7 to 28 ns a line, instead of 3 ns).
// Leaves lines alone whose ends hold unread items.
void LaneRing::release(std::uint64_t end) noexcept {
    const std::uint64_t begin = consumed_.load(std::memory_order_relaxed);
    const std::uint64_t mine = isWithinALap(begin, end) ? end : begin;
    for (std::uint64_t at = (begin + line - 1) / line * line; at + line <= mine; at += line)
        storeInLane(bytes_ + at % capacity_, std::uint64_t{0});
    consumed_.store(end, std::memory_order_release);
}

// Writes an epoch item, so that spans need not contain the epoch. It is published with the first group after
// it.
bool LaneRing::useEpoch(ConsentEpoch epoch) noexcept {
    if (epoch == epoch_) return false;
    std::byte* at = reserve(sizeof(ItemWord));
    if (limit_ == 0) return true;  // no room: this group is given up, and the next tries again
    storeInLane(at, ItemWord(ItemWord::make(ItemType::epoch, 0, sizeof(ItemWord)).bits() |
                             (std::uint64_t{epoch.number()} << 32U)));
    epoch_ = epoch;
    usedEpoch_ = asksEachTime_ ? ConsentEpoch() : epoch;
    return true;
}

void LaneRing::giveUp() noexcept {
    auto& count = isSampled_ ? dropped_ : notSampled_;
    count.store(count.load(std::memory_order_relaxed) + (counter_ - groupCounter_),
                std::memory_order_relaxed);
    returnToGroupStart();
}

void LaneRing::returnToGroupStart() noexcept {
    next_ = groupStart_;
    origin_ = groupOrigin_;
    limit_ = limitFor(consumed_.load(std::memory_order_acquire));
    isSampled_ = true;
}

}
