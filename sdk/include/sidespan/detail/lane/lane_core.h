#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include <sidespan/detail/lane/block_rules.h>
#include <sidespan/detail/lane/lane_ring.h>
#include <sidespan/detail/lane/load_histogram.h>
#include <sidespan/detail/record/consent_gate.h>
#include <sidespan/detail/record/head_sampler.h>
#include <sidespan/detail/record/id_keys.h>
#include <sidespan/detail/record/span_identity.h>
#include <sidespan/policy/clock_policy.h>
#include <sidespan/span_context.h>

namespace sidespan::inline v0::detail {

/// What the drain thread needs of a lane, whatever its clock.
struct LaneBase {
    LaneBase(const LaneOptions& laneOptions, double ticksPerSecond, std::uint64_t now, std::uint64_t idRange,
             bool asksEachRoot = false)
        : ring(laneOptions.capacityBytes, idRange, asksEachRoot),
          rules(laneOptions, ticksPerSecond, asksEachRoot),
          options(laneOptions),
          summarizedAt(now) {}

    LaneRing ring;

    // The producer's, together with the first of the rules on one cache line: by the next block whatever the
    // audio thread touches has left its caches.
    alignas(64) std::atomic<const ConsentGate::Cell*> opened{nullptr};  // the gate's cell, once it has one
    static constexpr std::uint64_t noLoad = ~std::uint64_t{0};
    std::uint64_t pendingLoad = noLoad;  // of the last block, not yet in `loads`
    BlockRules rules;

    LoadHistogram loads;
    const LaneOptions options;
    std::atomic<bool> isClosed{false};

    std::uint8_t number = 1;  // SpanView::lane()

    // Drain thread's.
    ConsentEpoch epoch;
    ConsentEpoch summaryEpoch;
    std::uint64_t summarizedAt;  // in ticks
    // Of spans taken off the ring and of summaries, of spans in blocks that were broken, and of those that
    // there was no memory for; written by the drain thread, read by any.
    std::atomic<std::uint64_t> drained{0};
    std::atomic<std::uint64_t> broken{0};
    std::atomic<std::uint64_t> lost{0};
    std::atomic<std::uint64_t> summariesNotSampled{0};
    // Where to ask for a summary, if anywhere.
    HeadSampler* summarySampler = nullptr;
    const IdKeys* summaryKeys = nullptr;
};

/// A lane: its ring, its rules, and what it borrows from the recorder that opened it.
template <ClockPolicy Clock>
struct LaneCore : LaneBase {
    /// Keeps the engine, whose clock, keys and gate it uses, for as long as it lives itself.
    template <class Engine>
    LaneCore(const LaneOptions& laneOptions, std::uint64_t idRange, const std::shared_ptr<Engine>& engine)
        : LaneBase(laneOptions, engine->clock.ticksPerSecond(), engine->clock.now(), idRange,
                   engine->gate().asksEachRoot()),
          clock(engine->clock),
          keys(engine->keys()),
          gate(engine->gate()),
          sampler(engine->sampler()),
          owner(engine) {
        summarySampler = &sampler;
        summaryKeys = &keys;
    }

    [[nodiscard]] SIDESPAN_ALWAYS_INLINE ConsentEpoch openEpoch() noexcept {
        const auto* live = opened.load(std::memory_order_acquire);
        if (live == nullptr) [[unlikely]] {
            live = gate.cell();
            if (live == nullptr) return {};
            opened.store(live, std::memory_order_release);
        }
        return ConsentEpoch(live->load(std::memory_order_relaxed));
    }

    /// Asks the sampler for the outermost span, a root of that counter.
    SIDESPAN_COLD void askForRoot(std::uint64_t counter, std::uint64_t now) noexcept SIDESPAN_NONBLOCKING {
        if (!sampler.samplesRoot(keys, counter, [now] { return now; })) ring.leaveOut();
    }
    /// Before an outermost span: applies a new epoch, which discards the last block's load, since another
    /// consent held then; asks the sampler for a root. Returns `now`.
    SIDESPAN_NOINLINE std::uint64_t prepareOutermost(bool isForRoot,
                                                     std::uint64_t now) noexcept SIDESPAN_NONBLOCKING {
        const ConsentEpoch current = openEpoch();
        if (current != ring.epoch() && ring.useEpoch(current)) pendingLoad = noLoad;
        if (isForRoot && !sampler.samplesRoot(keys, ring.upcomingCounter(), [now] { return now; }))
            ring.leaveOut();
        return now;
    }

    /// Asks the sampler for the outermost span that has just been begun, a child of `parent`.
    bool samplesChildOf(const SpanContext& parent, std::uint64_t now) noexcept SIDESPAN_NONBLOCKING {
        const bool isSampled =
            sampler.samplesChildOf(parent, randomnessOf(parent.traceId), [now] { return now; });
        if (!isSampled) ring.leaveOut();
        return isSampled;
    }

    /// Whether the open block, the root of that counter, is sampled. The sampler is asked once: for a block
    /// whose context() was called, it has been asked already.
    SIDESPAN_COLD bool samplesBlock(std::uint64_t counter, std::uint64_t now) noexcept SIDESPAN_NONBLOCKING {
        if (!rules.isPinned()) askForRoot(counter, now);
        return ring.isSampled();
    }

    /// Whether the open block, the root of that counter, is kept although it found no token at `now`.
    SIDESPAN_COLD bool keepsAtLast(std::uint64_t counter, std::uint64_t now) noexcept SIDESPAN_NONBLOCKING {
        if (!ring.asksEachTime()) return rules.isPinned();
        return (rules.takeTokenAtLast() || rules.isPinned()) && samplesBlock(counter, now);
    }

    /// The context of an open span with that identity. Not valid if the span should arrive but will not. The
    /// block around the span is then kept; the sampler is asked for the block, if it was not asked yet.
    [[nodiscard]] SpanContext contextOf(SpanIdentity identity) noexcept {
        if (ring.isGivenUp() || openEpoch() != ring.epoch()) return {};
        if (identity.isInBlock() && ring.asksEachTime())
            static_cast<void>(samplesBlock(identity.traceHigh, clock.now()));
        rules.pin();
        identity.traceFlags =
            SpanIdentity::withSampled(SpanIdentity::withoutBlock(identity.traceFlags), ring.isSampled());
        return identity.context(keys);
    }

    // Not beside what the drain thread writes.
    alignas(64) const Clock& clock;
    const IdKeys& keys;
    const ConsentGate& gate;
    HeadSampler& sampler;
    const std::shared_ptr<const void> owner;
};

}
