#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <sidespan/config.h>
#include <sidespan/deadline.h>
#include <sidespan/detail/compiler.h>
#include <sidespan/detail/drain/drain_loop.h>
#include <sidespan/detail/drain/lane_sorter.h>
#include <sidespan/detail/drain/record_finisher.h>
#include <sidespan/detail/drain/scrubber.h>
#include <sidespan/detail/drain/time_base.h>
#include <sidespan/detail/lane/lane_registry.h>
#include <sidespan/detail/platform.h>
#include <sidespan/detail/record/engine.h>
#include <sidespan/policy/sink_policy.h>
#include <sidespan/span_batch.h>
#include <sidespan/stats.h>

namespace sidespan::inline v0::detail {

/// What becomes of spans between those who record them and the sink: taken out of the queue and the lanes,
/// dated, scrubbed, and handed on if the consent they were recorded under still stands. A drain loop drives
/// it; the rest is for any thread.
template <ClockPolicy Clock, SinkPolicy Sink, LockPolicy Lock>
class Drain final : public DrainTarget {
public:
    /// Keeps references to all three.
    Drain(const ValidConfig& config, Engine<Clock, Lock>& engine, LaneRegistry& lanes)
        : config_(config), engine_(engine), lanes_(lanes), sink_(config) {}

    [[nodiscard]] Sink& sink() noexcept { return sink_; }

    /// Spans recorded under the consent of this number are handed on from now on.
    void beginEpoch(std::uint32_t epoch) noexcept { epoch_.store(epoch, std::memory_order_release); }

    /// None are, and the sink forgets what it holds, before it is given anything else.
    void endEpoch() noexcept {
        epoch_.store(0, std::memory_order_relaxed);
        mustPurge_.store(true, std::memory_order_release);
    }

    /// Spans that were not handed on for want of consent.
    [[nodiscard]] std::uint64_t withdrawn() const noexcept {
        return withdrawn_.load(std::memory_order_relaxed);
    }
    /// Whether what is in queue and lanes now will stay there: the sink is being shut down.
    [[nodiscard]] bool isOver() const noexcept { return isOver_.load(std::memory_order_acquire); }

    [[nodiscard]] bool isSinkThread() const override {
        if constexpr (requires { sink_.isOwnThread(); }) {
            return sink_.isOwnThread();
        } else {
            return false;
        }
    }

    // The drain loop's. It runs a few times a second: all of it is compiled to be small.

    SIDESPAN_COLD void startSink() override {
        scrubber_.emplace(config_->scrub, HomePaths(platform::homeDirectories()));
        sink_.start();
    }

    SIDESPAN_COLD bool drain() override {
        if (!engine_.isStarted()) return false;
        lookAtClocks();
        tellLosses();
        bool isAny = engine_.queue().drain(
            [this](std::span<std::byte> records, std::uint64_t count, std::uint32_t epoch) {
                purgeSink();  // before it takes what was recorded under a later consent
                if (epoch == liveEpoch()) return consume(records, count, epoch);
                withdrawn_.fetch_add(count, std::memory_order_relaxed);
            });
        lanes_.drainEach([&](LaneBase& lane) { isAny |= drainLane(lane); });
        return isAny;
    }

    bool flushSink(Deadline deadline, const Meanwhile& meanwhile) override {
        if constexpr (requires { sink_.flush(deadline, meanwhile); }) {
            return sink_.flush(deadline, meanwhile);
        } else {
            return sink_.flush(deadline);
        }
    }

    void purgeSink() override {
        if (mustPurge_.exchange(false, std::memory_order_acq_rel)) sink_.purge();
    }

    SIDESPAN_COLD bool shutdownSink(Deadline deadline) override {
        isOver_.store(true, std::memory_order_release);
        return sink_.shutdown(deadline);
    }

private:
    // Again when something came between the two, which would be taken for a difference.
    void lookAtClocks() {
        const Clock& clock = engine_.clock;
        const double ticksPerSecond = clock.ticksPerSecond();
        for (int tries = 0;; ++tries) {
            const std::uint64_t ticks = clock.now();
            const std::uint64_t unixNanos = clock.unixNanos();
            if (static_cast<double>(clock.now() - ticks) > ticksPerSecond / 1000 && tries < 2) continue;
            return time_.observe(ticks, unixNanos, ticksPerSecond);
        }
    }

    // For the server to know; before the batch that will say it.
    void tellLosses() {
        if constexpr (requires(const DropCounts& losses) { sink_.noteUpstreamLosses(losses); }) {
            DropCounts losses = engine_.queue().counts().dropped;
            losses += lanes_.counts().dropped;
            sink_.noteUpstreamLosses(losses);
        }
    }

    bool drainLane(LaneBase& lane) {
        const Clock& clock = engine_.clock;
        std::uint64_t withdrawn = 0;
        const std::uint32_t epoch = purgedEpoch();
        const auto records =
            sorter_.sort(lane, epoch, {clock.now(), 1e9 / clock.ticksPerSecond()}, withdrawn);
        withdrawn_.fetch_add(withdrawn, std::memory_order_relaxed);
        if (records.empty()) return false;
        consume(records, sorter_.count(), epoch);
        return true;
    }

    SIDESPAN_COLD void consume(std::span<std::byte> records, std::uint64_t count, std::uint32_t epoch) {
        finishRecords(records, engine_.keys(), time_);
        scrubber_->scrub(records);
        if (epoch != liveEpoch()) {  // the user's hook may have taken its time
            withdrawn_.fetch_add(count, std::memory_order_relaxed);
            return;
        }
        sink_.consume(SpanBatch(records, count, resource_, epoch - 1));
    }

    // The consent under which a span must have begun to be handed on, as a gate counts them: from 1, with 0
    // for none. The state says so first when consent is withdrawn; granted again, it does before the recorder
    // has heard, and the epoch is still 0 then.
    [[nodiscard]] std::uint32_t liveEpoch() const noexcept {
        return config_->consent.isGranted() ? epoch_.load(std::memory_order_acquire) : 0;
    }

    // The same, when the sink has forgotten what came before it. A purge may take its time, and consent
    // change meanwhile: what was recorded since is not for that purge, nor for the next.
    [[nodiscard]] std::uint32_t purgedEpoch() {
        std::uint32_t epoch = 0;
        do {
            purgeSink();
            epoch = liveEpoch();
        } while (mustPurge_.load(std::memory_order_acquire));
        return epoch;
    }

    const ValidConfig& config_;
    Engine<Clock, Lock>& engine_;
    LaneRegistry& lanes_;
    Resource resource_ = config_.resource();
    Sink sink_;
    LaneSorter sorter_;
    TimeBase time_;
    std::optional<Scrubber> scrubber_;  // since the sink was started
    std::atomic<std::uint64_t> withdrawn_{0};
    std::atomic<std::uint32_t> epoch_{0};
    std::atomic<bool> mustPurge_{false};
    std::atomic<bool> isOver_{false};
};

}
