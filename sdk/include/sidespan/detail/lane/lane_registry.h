#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/lane/lane_core.h>
#include <sidespan/stats.h>

namespace sidespan::inline v0::detail {

/// The lanes of a recorder: opened and closed on any thread but the audio thread, drained by the drain
/// thread.
class LaneRegistry {
public:
    void add(std::shared_ptr<LaneBase> lane);
    [[nodiscard]] bool isEmpty();
    /// A number no other lane of this recorder has had.
    [[nodiscard]] std::uint64_t nextIndex();

    /// Calls `drain(lane)` for each; those that were closed before it, and have no span open, are let go of
    /// afterwards. Drain thread.
    template <class Drain>
    SIDESPAN_COLD void drainEach(Drain&& drain) {
        Lanes over;  // destroyed outside the lock
        std::unique_lock lock(mutex_);
        for (auto next = lanes_.begin(); next != lanes_.end();) {
            const auto at = next++;
            auto& lane = **at;
            lock.unlock();
            const bool isOver = lane.isClosed.load(std::memory_order_acquire) && !lane.ring.isHeld();
            drain(lane);
            lock.lock();
            if (isOver) letGo(at, over);
        }
    }

    /// Lets go of lanes that are closed. While nothing has been recorded.
    void forgetClosed();

    /// Counts of spans: drained from a lane, discarded, left out by the sampler, and dropped.
    struct Counts {
        std::uint64_t drained = 0;
        std::uint64_t notKept = 0;
        std::uint64_t notSampled = 0;
        DropCounts dropped;
    };
    [[nodiscard]] Counts counts();

    /// Spans published and not drained. Once nobody drains any more.
    [[nodiscard]] std::uint64_t countLeft();

private:
    using Lanes = std::list<std::shared_ptr<LaneBase>>;
    void letGo(Lanes::iterator lane, Lanes& to);

    std::mutex mutex_;
    Lanes lanes_;  // only the drain thread takes lanes out, once there is one
    std::uint64_t opened_ = 0;
    Counts closed_;
};

}
