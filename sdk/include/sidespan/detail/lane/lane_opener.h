#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <new>

#include <sidespan/config.h>
#include <sidespan/detail/drain/load_summaries.h>
#include <sidespan/detail/drain/recorder_errors.h>
#include <sidespan/detail/lane/lane_core.h>
#include <sidespan/detail/lane/lane_registry.h>
#include <sidespan/detail/platform.h>
#include <sidespan/detail/recorder_lifecycle.h>
#include <sidespan/lane_options.h>

namespace sidespan::inline v0::detail {

/// Opens the lanes of a recorder, and says once if its clock may block the audio thread.
template <ClockPolicy Clock>
class LaneOpener {
public:
    /// Null, and told to `onError`, when the options are no good or there is no memory; null after shutdown.
    template <class Engine>
    [[nodiscard]] SIDESPAN_COLD std::shared_ptr<LaneCore<Clock>> open(const LaneOptions& options,
                                                                      const std::shared_ptr<Engine>& engine,
                                                                      const ValidConfig& config,
                                                                      LaneRegistry& lanes,
                                                                      RecorderLifecycle& lifecycle) {
        if (const auto error = (check)(options)) {
            config.report(*error);
            return nullptr;
        }
        warnOfSlowClock(config);
        try {
            const std::uint64_t index = lanes.nextIndex();
            auto core = std::make_shared<LaneCore<Clock>>(options, summaryIdRange + 1 + index, engine);
            core->number = static_cast<std::uint8_t>(1 + index % 255);
            return lifecycle.addLane(core) ? core : nullptr;
        } catch (const std::bad_alloc&) {
            config.report(noMemoryForLane());
            return nullptr;
        }
    }

private:
    void warnOfSlowClock(const ValidConfig& config) {
        if constexpr (requires { Clock::isKernelClock; }) {
            if (hasLookedAtClock_.exchange(true) || platform::isSteadyClockInUserSpace()) return;
            config.report(slowClock());
        }
    }

    std::atomic<bool> hasLookedAtClock_{false};
};

}
