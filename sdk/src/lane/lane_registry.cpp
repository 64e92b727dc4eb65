#include <sidespan/detail/compiler.h>
#include <sidespan/detail/lane/lane_registry.h>

#include <utility>

namespace sidespan::inline v0::detail {
namespace {

void addTo(LaneRegistry::Counts& sum, const LaneBase& lane) noexcept {
    sum.drained += lane.drained.load(std::memory_order_relaxed);
    sum.notKept += lane.ring.notKept();
    sum.notSampled += lane.ring.notSampled() + lane.summariesNotSampled.load(std::memory_order_relaxed);
    sum.dropped[DropReason::laneFull] += lane.ring.dropped();
    sum.dropped[DropReason::tooManyOpen] += lane.ring.tooDeep();
    sum.dropped[DropReason::laneMisused] += lane.broken.load(std::memory_order_relaxed);
    sum.dropped[DropReason::laneFull] += lane.lost.load(std::memory_order_relaxed);
}

}

SIDESPAN_COLD void LaneRegistry::add(std::shared_ptr<LaneBase> lane) {
    const std::lock_guard lock(mutex_);
    lanes_.push_back(std::move(lane));
}

bool LaneRegistry::isEmpty() {
    const std::lock_guard lock(mutex_);
    return lanes_.empty();
}

std::uint64_t LaneRegistry::nextIndex() {
    const std::lock_guard lock(mutex_);
    return opened_++;
}

SIDESPAN_COLD void LaneRegistry::forgetClosed() {
    const std::lock_guard lock(mutex_);
    std::erase_if(lanes_, [](const auto& lane) { return lane->isClosed.load(std::memory_order_acquire); });
}

LaneRegistry::Counts LaneRegistry::counts() {
    const std::lock_guard lock(mutex_);
    Counts sum = closed_;
    for (const auto& lane : lanes_) addTo(sum, *lane);
    return sum;
}

std::uint64_t LaneRegistry::countLeft() {
    const std::lock_guard lock(mutex_);
    std::uint64_t spans = 0;
    for (const auto& lane : lanes_) {
        static_cast<void>(lane->ring.read(
            [&](const std::byte* item) { spans += wordAt(item).type() == ItemType::span ? 1 : 0; }));
    }
    return spans;
}

SIDESPAN_COLD void LaneRegistry::letGo(Lanes::iterator lane, Lanes& to) {
    addTo(closed_, **lane);
    to.splice(to.end(), lanes_, lane);
}

}
