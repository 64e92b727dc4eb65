#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

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
        for (const auto& lane : copy()) {
            const bool isOver = lane->isClosed.load(std::memory_order_acquire) && !lane->ring.isHeld();
            drain(*lane);
            if (isOver) letGo(lane);
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
    [[nodiscard]] std::vector<std::shared_ptr<LaneBase>> copy();
    void letGo(const std::shared_ptr<LaneBase>& lane);

    std::mutex mutex_;
    std::vector<std::shared_ptr<LaneBase>> lanes_;
    std::uint64_t opened_ = 0;
    Counts closed_;
};

}
