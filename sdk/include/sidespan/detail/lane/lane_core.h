#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include <sidespan/detail/lane/block_rules.h>
#include <sidespan/detail/lane/lane_ring.h>
#include <sidespan/detail/lane/load_histogram.h>
#include <sidespan/detail/record/consent_gate.h>
#include <sidespan/detail/record/id_keys.h>
#include <sidespan/policy/clock_policy.h>
#include <sidespan/span_context.h>

namespace sidespan::inline v0::detail {

/// What the drain thread needs of a lane, whatever its clock.
struct LaneBase {
    LaneBase(const LaneOptions& laneOptions, double ticksPerSecond, std::uint64_t now, std::uint64_t idRange)
        : ring(laneOptions.capacityBytes, idRange),
          rules(laneOptions, ticksPerSecond),
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

    // Drain thread's.
    ConsentEpoch epoch;
    ConsentEpoch summaryEpoch;
    std::uint64_t summarizedAt;  // in ticks
    // Of spans taken off the ring and of summaries, of spans in blocks that were broken, and of those that
    // there was no memory for; written by the drain thread, read by any.
    std::atomic<std::uint64_t> drained{0};
    std::atomic<std::uint64_t> broken{0};
    std::atomic<std::uint64_t> lost{0};
};

/// A lane: its ring, its rules, and what it borrows from the recorder that opened it.
template <ClockPolicy Clock>
struct LaneCore : LaneBase {
    /// Keeps the engine, whose clock, keys and gate it uses, for as long as it lives itself.
    template <class Engine>
    LaneCore(const LaneOptions& laneOptions, std::uint64_t idRange, const std::shared_ptr<Engine>& engine)
        : LaneBase(laneOptions, engine->clock.ticksPerSecond(), engine->clock.now(), idRange),
          clock(engine->clock),
          keys(engine->keys()),
          gate(engine->gate()),
          owner(engine) {}

    [[nodiscard]] SIDESPAN_ALWAYS_INLINE ConsentEpoch openEpoch() noexcept {
        const auto* live = opened.load(std::memory_order_acquire);
        if (live == nullptr) [[unlikely]] {
            live = gate.cell();
            if (live == nullptr) return {};
            opened.store(live, std::memory_order_release);
        }
        return ConsentEpoch(live->load(std::memory_order_relaxed));
    }

    /// Has the block that is open kept, if it is one, since others will know of it; false when what is open
    /// will not arrive.
    [[nodiscard]] bool pin() noexcept {
        if (ring.isGivenUp() || openEpoch() != ring.epoch()) return false;
        rules.pin();
        return true;
    }

    // Not beside what the drain thread writes.
    alignas(64) const Clock& clock;
    const IdKeys& keys;
    const ConsentGate& gate;
    const std::shared_ptr<const void> owner;
};

}
