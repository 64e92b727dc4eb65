#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include <sidespan/detail/lane_core.h>
#include <sidespan/stats.h>

namespace sidespan::inline v0::detail {

/// The lanes of a recorder: opened and closed on any thread but the audio thread, drained by the drain
/// thread.
class LaneRegistry {
public:
    void add(std::shared_ptr<LaneBase> lane) {
        const std::lock_guard lock(mutex_);
        lanes_.push_back(std::move(lane));
    }
    [[nodiscard]] bool isEmpty() {
        const std::lock_guard lock(mutex_);
        return lanes_.empty();
    }
    /// A number no other lane of this recorder has had.
    [[nodiscard]] std::uint64_t nextIndex() {
        const std::lock_guard lock(mutex_);
        return opened_++;
    }

    /// Calls `drain(lane)` for each; those that were closed before it are let go of afterwards. Drain thread.
    template <class Drain>
    void drainEach(Drain&& drain) {
        for (const auto& lane : copy()) {
            const bool wasClosed = lane->isClosed.load(std::memory_order_acquire);
            drain(*lane);
            if (wasClosed) letGo(lane);
        }
    }

    /// Lets go of lanes that are closed. While nothing has been recorded.
    void forgetClosed() {
        const std::lock_guard lock(mutex_);
        std::erase_if(lanes_,
                      [](const auto& lane) { return lane->isClosed.load(std::memory_order_acquire); });
    }

    /// Of spans: drained from a lane, dropped by it, and rewound.
    struct Counts {
        std::uint64_t drained = 0;
        std::uint64_t notKept = 0;
        DropCounts dropped;
    };
    [[nodiscard]] Counts counts() {
        const std::lock_guard lock(mutex_);
        Counts sum = closed_;
        for (const auto& lane : lanes_) addTo(sum, *lane);
        return sum;
    }

    /// Spans published and not drained. Once nobody drains any more.
    [[nodiscard]] std::uint64_t countLeft() {
        const std::lock_guard lock(mutex_);
        std::uint64_t spans = 0;
        for (const auto& lane : lanes_) {
            static_cast<void>(lane->ring.read(
                [&](const std::byte* item) { spans += wordAt(item).type() == ItemType::span ? 1 : 0; }));
        }
        return spans;
    }

private:
    [[nodiscard]] std::vector<std::shared_ptr<LaneBase>> copy() {
        const std::lock_guard lock(mutex_);
        return lanes_;
    }
    void letGo(const std::shared_ptr<LaneBase>& lane) {
        const std::lock_guard lock(mutex_);
        addTo(closed_, *lane);
        std::erase(lanes_, lane);
    }
    static void addTo(Counts& sum, const LaneBase& lane) noexcept {
        sum.drained += lane.drained.load(std::memory_order_relaxed);
        sum.notKept += lane.ring.notKept();
        sum.dropped[DropReason::laneFull] += lane.ring.dropped();
        sum.dropped[DropReason::tooManyOpen] += lane.ring.tooDeep();
    }

    std::mutex mutex_;
    std::vector<std::shared_ptr<LaneBase>> lanes_;
    std::uint64_t opened_ = 0;
    Counts closed_;
};

}
