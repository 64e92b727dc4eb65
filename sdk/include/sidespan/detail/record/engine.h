#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include <sidespan/detail/drain/drain_loop.h>
#include <sidespan/detail/lane/lane_core.h>
#include <sidespan/detail/platform.h>
#include <sidespan/detail/queue/hand_off.h>
#include <sidespan/detail/record/id_keys.h>
#include <sidespan/detail/record/item_writer.h>
#include <sidespan/detail/record/scratch.h>
#include <sidespan/detail/record/slot_table.h>
#include <sidespan/policy/clock_policy.h>

namespace sidespan::inline v0::detail {

/// The recording half of a recorder, shared by its handles: it outlives the recorder for as long as one of
/// them does, and then drops what they end. Empty until the first span under granted consent.
template <ClockPolicy Clock, LockPolicy Lock>
class Engine {
public:
    using Queue = HandOff<Lock>;
    using Shard = typename Queue::Shard;

    /// Who prepares and opens the engine on the first span after consent was granted.
    class Starter {
    public:
        /// False when it cannot.
        virtual bool startRecording() noexcept = 0;

    protected:
        ~Starter() = default;
    };

    /// The consent epoch to record under, 0 when nothing is recorded. Any thread; one relaxed load once
    /// recording.
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE std::uint32_t epoch() noexcept {
        const auto* gate = gate_.load(std::memory_order_acquire);
        if (gate != nullptr) [[likely]]
            return gate->load(std::memory_order_relaxed);
        if (starter_.load(std::memory_order_relaxed) == nullptr) [[likely]]
            return 0;
        return startNow();
    }

    /// Begins a span: what it is called, whose child it is, when, and under which consent.
    SIDESPAN_ALWAYS_INLINE void begin(OpenRecord& record, Shard& shard, std::uint32_t epoch,
                                      Literal name) noexcept {
        record.name = name.data();
        record.nameLength = name.size();
        record.epoch = epoch;
        record.spanId = shard.nextCounter();
    }

    static SIDESPAN_ALWAYS_INLINE void makeRoot(OpenRecord& record) noexcept {
        record.parentId = 0;
        record.traceHigh = record.spanId;
        record.traceLow = 0;
        record.flags = traceFromCounterFlag | (static_cast<unsigned>(SpanKind::internal) << kindShift);
        record.traceFlags = static_cast<std::uint8_t>(TraceFlags::sampled | TraceFlags::random);
    }

    static SIDESPAN_ALWAYS_INLINE void makeChild(OpenRecord& record, const SpanContext& parent) noexcept {
        if (!parent.isValid()) return makeRoot(record);
        record.parentId = parent.spanId.value();
        record.traceHigh = parent.traceId.high();
        record.traceLow = parent.traceId.low();
        record.flags = withKind(parent.isRemote ? remoteParentFlag : std::uint8_t{0}, SpanKind::internal);
        record.traceFlags = static_cast<std::uint8_t>(parent.flags | TraceFlags::sampled);
    }

    static SIDESPAN_ALWAYS_INLINE void makeChild(OpenRecord& record, const OpenRecord& parent) noexcept {
        record.parentId = parent.spanId;
        record.traceHigh = parent.traceHigh;
        record.traceLow = parent.traceLow;
        record.flags =
            withKind((parent.flags & traceFromCounterFlag) | parentFromCounterFlag, SpanKind::internal);
        record.traceFlags = parent.traceFlags;
    }

    /// Not valid once the consent is over under which the span began.
    [[nodiscard]] SpanContext contextOf(const OpenRecord& record) const noexcept {
        const auto* gate = gate_.load(std::memory_order_acquire);
        if (record.epoch == 0 || gate == nullptr || gate->load(std::memory_order_relaxed) != record.epoch)
            return {};
        const TraceId trace = (record.flags & traceFromCounterFlag) != 0
                                  ? keys_.traceId(record.traceHigh)
                                  : TraceId(record.traceHigh, record.traceLow);
        return {trace, keys_.spanId(record.spanId), static_cast<TraceFlags>(record.traceFlags), false};
    }

    /// Ends a span whose items are in `scratch`.
    template <class Scratch>
    SIDESPAN_ALWAYS_INLINE void end(const OpenRecord& record, Scratch& scratch, Shard& shard) noexcept {
        const std::uint64_t now = clock.now();
        const std::size_t itemBytes = scratch.close();
        const bool isHalfFull = queue_->commit(shard, sizeof(SpanItem) + itemBytes, record.epoch,
                                               [&](std::byte* to) SIDESPAN_INLINE_LAMBDA {
                                                   record.writeHead(to, now, itemBytes);
                                                   scratch.copyItems(to + sizeof(SpanItem), itemBytes);
                                               });
        if (isHalfFull) [[unlikely]]
            waker_->wake();
    }

    [[nodiscard]] Queue& queue() noexcept { return *queue_; }
    [[nodiscard]] SlotTable& slotTable() noexcept { return *slots_; }
    [[nodiscard]] const IdKeys& keys() const noexcept { return keys_; }
    /// For lanes, which never start anything.
    [[nodiscard]] const GatePointer& gate() const noexcept { return gate_; }
    [[nodiscard]] bool isStarted() const noexcept { return gate_.load(std::memory_order_acquire) != nullptr; }

    /// Allocates everything, with the gate closed. Throws std::bad_alloc.
    SIDESPAN_COLD void prepare(std::size_t capacityBytes, std::shared_ptr<DrainLoop::Waker> waker) {
        keys_ = IdKeys::draw();
        queue_.emplace(capacityBytes, firstSharedRange);
        slots_.emplace(keys_.spanId(unusedCounter).value());
        waker_ = std::move(waker);
        cell_.emplace();
    }
    /// Begins recording under `epoch`; what prepare() made is now everybody's.
    SIDESPAN_COLD void open(std::uint32_t epoch) noexcept {
        queue_->open(epoch);
        cell_->value().store(epoch, std::memory_order_relaxed);
        gate_.store(&cell_->value(), std::memory_order_release);
    }
    /// Records nothing more; what is open now and ends later is dropped for `reason`.
    SIDESPAN_COLD void close(DropReason reason) noexcept {
        cell_->value().store(0, std::memory_order_relaxed);
        queue_->close(reason);
    }

    /// What an unstarted engine does on the next span.
    void arm(Starter* starter) noexcept { starter_.store(starter, std::memory_order_relaxed); }

    [[no_unique_address]] Clock clock;

private:
    static constexpr std::uint64_t firstSharedRange = 1;
    static constexpr std::uint64_t unusedCounter = firstOfIdRange(0);  // no span's: range 0 is nobody's

    SIDESPAN_COLD std::uint32_t startNow() noexcept {
        Starter* const starter = starter_.load(std::memory_order_relaxed);
        if (starter == nullptr || !starter->startRecording()) return 0;
        const auto* gate = gate_.load(std::memory_order_acquire);
        return gate == nullptr ? 0 : gate->load(std::memory_order_relaxed);
    }

    GatePointer gate_{nullptr};
    std::atomic<Starter*> starter_{nullptr};
    std::optional<Queue> queue_;
    IdKeys keys_;
    std::shared_ptr<DrainLoop::Waker> waker_;
    std::optional<SlotTable> slots_;
    std::optional<platform::ForkCell> cell_;
};

}
