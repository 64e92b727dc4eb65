#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include <sidespan/detail/drain/drain_waker.h>
#include <sidespan/detail/queue/hand_off.h>
#include <sidespan/detail/record/consent_gate.h>
#include <sidespan/detail/record/head_sampler.h>
#include <sidespan/detail/record/id_keys.h>
#include <sidespan/detail/record/scratch.h>
#include <sidespan/detail/record/slot_table.h>
#include <sidespan/literal.h>
#include <sidespan/policy/clock_policy.h>
#include <sidespan/propagation/remote_context.h>

namespace sidespan::inline v0::detail {

/// What a recorder's lifecycle does with an engine, whatever its clock and lock.
class EngineBase {
public:
    /// Allocates everything, with the gate closed. Throws std::bad_alloc.
    virtual void prepare(std::size_t capacityBytes, std::shared_ptr<DrainWaker> waker) = 0;
    /// Begins recording under `epoch`; what prepare() made is now everybody's.
    virtual void open(ConsentEpoch epoch) noexcept = 0;
    /// Records nothing more; what is open now and ends later is dropped for `reason`.
    virtual void close(DropReason reason) noexcept = 0;
    /// Drops what has been recorded and not drained.
    virtual void discard(DropReason reason) noexcept = 0;

    [[nodiscard]] ConsentGate& gate() noexcept { return gate_; }
    [[nodiscard]] const ConsentGate& gate() const noexcept { return gate_; }

protected:
    explicit EngineBase(bool asksEachRoot) noexcept : gate_(asksEachRoot) {}
    ~EngineBase() = default;

    // Read with every span, and on one cache line with the clock behind them.
    ConsentGate gate_;
    std::shared_ptr<DrainWaker> waker_;
};

/// The recording half of a recorder, shared by its handles: it outlives the recorder for as long as one of
/// them does, and then drops what they end. Empty until the first span under granted consent.
template <ClockPolicy Clock, LockPolicy Lock>
class Engine final : public EngineBase {
public:
    using Queue = HandOff<Lock>;
    using Shard = typename Queue::Shard;

    explicit Engine(const Sampler& sampler)
        : EngineBase(HeadSampler(sampler).asksEachRoot()), sampler_(sampler) {}

    /// The consent to record under, not valid when nothing is recorded. [any thread] Wait-free.
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE ConsentEpoch epoch() const noexcept { return gate_.epoch(); }

    /// Begins a span: what it is called, under which consent, whose child it is, and when.
    /// `identify(counter)` gives its identity.
    template <class Identify>
    SIDESPAN_ALWAYS_INLINE void begin(OpenRecord& record, Shard& shard, ConsentEpoch epoch, Literal name,
                                      Identify identify) noexcept {
        beginAs(record, epoch, name, identify(shard.nextCounter()));
    }

    /// The same for a span that the sampler may be asked for: a child of `parent`, or a root where that is
    /// not valid.
    bool begin(OpenRecord& record, Shard& shard, ConsentEpoch epoch, Literal name, const SpanContext& parent,
               std::uint64_t randomness) noexcept {
        const std::uint64_t counter = shard.nextCounter();
        const auto now = [this] { return clock.now(); };
        const bool isRoot = !parent.isValid();
        const bool isSampled = isRoot ? sampler_.samplesRoot(keys_, counter, now)
                                      : sampler_.samplesChildOf(parent, randomness, now);
        auto identity =
            isRoot ? SpanIdentity::root(counter) : SpanIdentity::childOf(parent, counter, isSampled);
        identity.traceFlags = SpanIdentity::withSampled(identity.traceFlags, isSampled);
        if (!isSampled) return beginNotSampled(record, epoch, identity);
        beginAs(record, epoch, name, identity);
        return true;
    }

    /// Begins a span that is not sampled but has a context. It returns false: the span is not recorded.
    static bool beginNotSampled(OpenRecord& record, ConsentEpoch epoch,
                                const SpanIdentity& identity) noexcept {
        static_cast<SpanIdentity&>(record) = identity;
        record.epoch = {};
        record.notSampledUnder = epoch.number();
        return false;
    }

    /// Not valid once the consent is over under which the span began.
    [[nodiscard]] SpanContext contextOf(const OpenRecord& record) const noexcept {
        const ConsentEpoch under = record.heldUnder();
        if (!under.isValid() || epoch() != under) return {};
        return record.context(keys_);
    }

    /// Its context for other processes; `received` is the context that its trace came with, or null. Throws
    /// std::bad_alloc only.
    [[nodiscard]] SIDESPAN_COLD RemoteContext remoteContextOf(const OpenRecord& record,
                                                              const RemoteContext* received) const {
        RemoteContext remote;
        remote.context = contextOf(record);
        if (!remote.context.isValid()) return received != nullptr ? *received : remote;
        remote.parentSpanId = record.parentSpanId(keys_);
        if (received != nullptr) {
            remote.traceState = received->traceState;
            remote.baggage = received->baggage;
        }
        const bool isOwnTrace =
            record.isOwnTrace() || (received == nullptr && keys_.isOwn(remote.context.traceId));
        if (isOwnTrace || received != nullptr)
            sampler_.mark(remote.traceState, remote.context.isSampled(), isOwnTrace);
        return remote;
    }

    /// Ends a span whose items are in `scratch`.
    template <class Scratch>
    SIDESPAN_ALWAYS_INLINE void end(const OpenRecord& record, Scratch& scratch, Shard& shard) noexcept {
        const std::uint64_t now = clock.now();
        const std::size_t itemBytes = scratch.close();
        const bool mustDrain = queue_->commit(shard, sizeof(SpanItem) + itemBytes, record.epoch,
                                              [&](std::byte* to) SIDESPAN_INLINE_LAMBDA {
                                                  record.writeHead(to, now, itemBytes);
                                                  scratch.copyItems(to + sizeof(SpanItem), itemBytes);
                                              });
        if (mustDrain) [[unlikely]]
            waker_->wake();
    }

    [[nodiscard]] Queue& queue() noexcept { return *queue_; }
    [[nodiscard]] SlotTable& slotTable() noexcept { return *slots_; }
    [[nodiscard]] const IdKeys& keys() const noexcept { return keys_; }
    [[nodiscard]] HeadSampler& sampler() noexcept { return sampler_; }
    [[nodiscard]] bool isStarted() const noexcept { return gate_.isStarted(); }

    SIDESPAN_COLD void prepare(std::size_t capacityBytes, std::shared_ptr<DrainWaker> waker) override {
        keys_ = IdKeys::draw();
        sampler_.setTicksPerSecond(clock.ticksPerSecond());
        queue_.emplace(capacityBytes, firstSharedRange);
        slots_.emplace(keys_.spanId(unusedCounter).value());
        waker_ = std::move(waker);
        gate_.prepare();
    }
    SIDESPAN_COLD void open(ConsentEpoch epoch) noexcept override {
        queue_->open(epoch);
        gate_.open(epoch);
    }
    SIDESPAN_COLD void close(DropReason reason) noexcept override {
        gate_.close();
        queue_->close(reason);
    }
    SIDESPAN_COLD void discard(DropReason reason) noexcept override { queue_->discard(reason); }

    SIDESPAN_NO_UNIQUE_ADDRESS Clock clock;

private:
    SIDESPAN_ALWAYS_INLINE void beginAs(OpenRecord& record, ConsentEpoch epoch, Literal name,
                                        const SpanIdentity& identity) noexcept {
        record.name = name.data();
        record.nameLength = name.size();
        record.epoch = epoch;
        static_cast<SpanIdentity&>(record) = identity;
        record.start = clock.now();
    }

    static constexpr std::uint64_t firstSharedRange = 1;
    static constexpr std::uint64_t unusedCounter = firstOfIdRange(0);  // no span's: range 0 is nobody's

    std::optional<Queue> queue_;
    IdKeys keys_;
    std::optional<SlotTable> slots_;
    HeadSampler sampler_;
};

}
