#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <utility>

#include <sidespan/config.h>
#include <sidespan/deadline.h>
#include <sidespan/detail/compiler.h>
#include <sidespan/detail/drain/drain_target.h>
#include <sidespan/detail/drain/held_traces.h>
#include <sidespan/detail/drain/lane_sorter.h>
#include <sidespan/detail/drain/record_finisher.h>
#include <sidespan/detail/drain/scrubber.h>
#include <sidespan/detail/drain/threshold_writer.h>
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
        : config_(config), engine_(engine), lanes_(lanes), sink_(config) {
        tail_ = holdTracesOf(config->sampler, [this](std::span<std::byte> records, std::uint64_t count) {
            deliver(records, count, tailEpoch_);
        });
        if (engine.sampler().hasThreshold()) threshold_.emplace(engine.sampler(), engine.keys());
    }

    [[nodiscard]] Sink& sink() noexcept { return sink_; }

    /// What became of every span so far.
    [[nodiscard]] SIDESPAN_COLD Stats stats() {
        const SinkStats sink = sink_.stats();
        Stats stats{.recovered = sink.recovered,
                    .delivered = sink.delivered,
                    .queued = sink.queued,
                    .onDisk = sink.onDisk,
                    .dropped = sink.dropped};
        if (engine_.isStarted()) {
            const auto counts = engine_.queue().counts();
            stats.recorded = counts.recorded;
            stats.notSampled = counts.notSampled;
            stats.queued += counts.queued;
            stats.dropped += counts.dropped;
        }
        addLanes(stats);
        if (tail_) {
            stats.queued += tail_->held();
            stats.notSampled += tail_->notSampled();
            stats.keptUnjudged = tail_->keptUnjudged();
        }
        stats.dropped[DropReason::consentWithdrawn] += withdrawn_.load(std::memory_order_relaxed);
        return stats;
    }

    [[nodiscard]] bool isSinkThread() const override {
        if constexpr (requires { sink_.isOwnThread(); }) {
            return sink_.isOwnThread();
        } else {
            return false;
        }
    }

    SIDESPAN_COLD void prepareSink() override {
        if constexpr (requires { sink_.prepare(); }) sink_.prepare();
    }

    // The drain loop's. It runs a few times a second: all of it is compiled to be small.

    SIDESPAN_COLD void startSink() override { sink_.start(); }

    // Where there is no memory now, spans stay where they are until the next time.
    SIDESPAN_COLD bool drain() override try {
        if (!engine_.isStarted()) return false;
        if (!scrubber_) scrubber_ = makeScrubber(config_, resource_);  // at the first drain
        lookAtClocks();
        bool isAny = engine_.queue().drain(
            [this](std::span<std::byte> records, std::uint64_t count, ConsentEpoch epoch) {
                tellLosses();
                purgeSink();  // before it takes what was recorded under a later consent
                if (config_->consent.allows(epoch)) return consume(records, count, epoch);
                withdrawn_.fetch_add(count, std::memory_order_relaxed);
            });
        tellLosses();
        lanes_.drainEach([&](LaneBase& lane) { isAny |= drainLane(lane); });
        if (tail_) tail_->judge(nowNanos());
        isDrained_ = true;
        return isAny;
    } catch (const std::bad_alloc&) {
        isDrained_ = false;
        return false;
    }

    bool flushSink(Deadline deadline, const Meanwhile& meanwhile) override {
        if (tail_) tail_->passAll(nowNanos());
        if constexpr (requires { sink_.flush(deadline, meanwhile); }) {
            return sink_.flush(deadline, meanwhile) && isDrained_;
        } else {
            return sink_.flush(deadline) && isDrained_;
        }
    }

    void requestPurge() noexcept override { mustPurge_.store(true, std::memory_order_release); }

    void purgeSink() override {
        if (!mustPurge_.exchange(false, std::memory_order_acq_rel)) return;
        forgetHeld();
        sink_.purge();
    }

    SIDESPAN_COLD bool shutdownSink(Deadline deadline) override {
        if (tail_) tail_->passAll(nowNanos());
        isOver_.store(true, std::memory_order_release);
        return sink_.shutdown(deadline) && isDrained_;
    }

private:
    // Once the sink is being shut down, what lanes hold stays there.
    void addLanes(Stats& stats) {
        const auto lanes = lanes_.counts();
        const std::uint64_t left = isOver_.load(std::memory_order_acquire) ? lanes_.countLeft() : 0;
        stats.recorded += lanes.drained + lanes.dropped.total() + lanes.notSampled + left;
        stats.notSampled += lanes.notSampled;
        stats.dropped += lanes.dropped;
        stats.dropped[DropReason::shutdown] += left;
        stats.notKept = lanes.notKept;
    }

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
            DropCounts losses = engine_.queue().droppedBefore();
            losses += lanes_.counts().dropped;
            sink_.noteUpstreamLosses(losses);
        }
    }

    bool drainLane(LaneBase& lane) {
        const Clock& clock = engine_.clock;
        std::uint64_t withdrawn = 0;
        const ConsentEpoch epoch = purgedEpoch();
        const auto records =
            sorter_.sort(lane, epoch, {clock.now(), 1e9 / clock.ticksPerSecond()}, withdrawn);
        withdrawn_.fetch_add(withdrawn, std::memory_order_relaxed);
        if (records.empty()) return false;
        consume(records, sorter_.count(), epoch);
        return true;
    }

    SIDESPAN_COLD void consume(std::span<std::byte> records, std::uint64_t count, ConsentEpoch epoch) {
        if (threshold_) records = threshold_->write(records, count);
        finishRecords(records, engine_.keys(), time_);
        if (!tail_) return deliver(records, count, epoch);
        if (tailEpoch_ != epoch) forgetHeld();
        tailEpoch_ = epoch;
        const std::uint64_t now = nowNanos();
        while (!records.empty()) {
            const std::size_t size = wordAt(records.data()).size();
            tail_->add(records.first(size), now);
            records = records.subspan(size);
        }
    }

    SIDESPAN_COLD void deliver(std::span<std::byte> records, std::uint64_t count, ConsentEpoch epoch) {
        scrubber_->scrub(records);
        if (!config_->consent.allows(epoch)) {  // the user's hook may have taken its time
            withdrawn_.fetch_add(count, std::memory_order_relaxed);
            return;
        }
        sink_.consume(SpanBatch(records, count, resource_, epoch));
    }

    // What was recorded under a consent that is over.
    void forgetHeld() noexcept {
        if (tail_) withdrawn_.fetch_add(tail_->clear(), std::memory_order_relaxed);
    }

    [[nodiscard]] std::uint64_t nowNanos() const noexcept {
        const Clock& clock = engine_.clock;
        return static_cast<std::uint64_t>(static_cast<double>(clock.now()) * 1e9 / clock.ticksPerSecond());
    }

    // The consent that is granted, once the sink has forgotten what came before it. A purge may take its
    // time, and consent change meanwhile: what was recorded since is not for that purge, nor for the next.
    [[nodiscard]] ConsentEpoch purgedEpoch() {
        ConsentEpoch epoch;
        do {
            purgeSink();
            epoch = config_->consent.grantedEpoch();
        } while (mustPurge_.load(std::memory_order_acquire));
        return epoch;
    }

    const ValidConfig& config_;
    Engine<Clock, Lock>& engine_;
    LaneRegistry& lanes_;
    Resource resource_;  // empty before the first drain
    Sink sink_;
    LaneSorter sorter_;
    TimeBase time_;
    std::unique_ptr<HeldTraces> tail_;          // only with a TailSampler
    std::optional<ThresholdWriter> threshold_;  // only with Sampler::probability
    ConsentEpoch tailEpoch_;                    // of the spans that tail_ holds
    std::unique_ptr<Scrubber> scrubber_;        // null before the first drain
    bool isDrained_ = true;  // the last time there was memory to drain everything; drain thread
    std::atomic<std::uint64_t> withdrawn_{0};
    std::atomic<bool> mustPurge_{false};
    std::atomic<bool> isOver_{false};
};

}
