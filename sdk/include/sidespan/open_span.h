#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <utility>

#include <sidespan/detail/record/engine.h>
#include <sidespan/detail/record/off_lane_operations.h>
#include <sidespan/policy/sink_policy.h>

namespace sidespan::inline v0 {

namespace detail {

template <class, ClockPolicy, LockPolicy>
class HandleCalls;

/// Spans that are open by handle, in an engine's slots. Any thread; a span is written by one thread at a
/// time.
template <ClockPolicy Clock, LockPolicy Lock>
class SpansByHandle {
    using Engine = detail::Engine<Clock, Lock>;

public:
    /// A root. If the sampler is asked for each root, `rootEpoch` is not valid.
    static SpanHandle startRoot(Engine& engine, ConsentEpoch rootEpoch, Literal name) noexcept {
        if (!rootEpoch.isValid()) [[unlikely]]
            return engine.gate().asksEachRoot() ? start(engine, engine.epoch(), name, {}, 0) : SpanHandle();
        return open(engine, [&](OpenRecord& record, auto& shard) SIDESPAN_INLINE_LAMBDA {
            engine.begin(record, shard, rootEpoch, name, [](std::uint64_t counter) SIDESPAN_INLINE_LAMBDA {
                return SpanIdentity::root(counter);
            });
            return true;
        });
    }

    /// A child of `parent`, or a root if that is not valid. `epoch` is that of the current consent.
    static SpanHandle start(Engine& engine, ConsentEpoch epoch, Literal name, const SpanContext& parent,
                            std::uint64_t randomness) noexcept {
        if (!epoch.isValid()) return {};
        return open(engine, [&](OpenRecord& record, auto& shard) {
            return engine.begin(record, shard, epoch, name, parent, randomness);
        });
    }

    /// Within another span, and under that span's consent: nothing once that consent is over.
    static SpanHandle startChild(Engine& engine, SpanHandle parent, Literal name) noexcept {
        const OpenRecord outer = recordOf(engine, parent);
        const ConsentEpoch epoch = outer.heldUnder();
        if (!epoch.isValid() || epoch != engine.epoch()) return {};
        return open(engine, [&](OpenRecord& record, auto& shard) {
            const auto identify = [&](std::uint64_t counter) {
                return SpanIdentity::childOf(outer, counter);
            };
            if (!outer.epoch.isValid())
                return Engine::beginNotSampled(record, epoch, identify(shard.nextCounter()));
            engine.begin(record, shard, epoch, name, identify);
            return true;
        });
    }

    /// Takes a slot, lets `begin(record, shard)` fill its record, and returns its handle. `begin` returns
    /// whether the span is recorded; a slot that is not recorded has no room.
    template <class Begin>
    SIDESPAN_ALWAYS_INLINE static SpanHandle open(Engine& engine, Begin begin) noexcept {
        auto& shard = engine.queue().home();
        const std::size_t shardIndex = engine.queue().indexOf(shard);
        const auto taken = engine.slotTable().take(shardIndex);
        if (taken.slot == nullptr) {
            engine.queue().countDropped(DropReason::tooManyOpen);
            return {};
        }
        taken.slot->record.shard = static_cast<std::uint8_t>(shardIndex);
        const bool isRecorded = begin(taken.slot->record, shard);
        taken.slot->scratch.open(isRecorded);
        engine.slotTable().leave(*taken.slot);
        return isRecorded ? taken.handle : SlotTable::notRecorded(taken.handle);
    }

    /// Calls `f(slot)` if the span is open.
    template <class F>
    static void visit(Engine& engine, SpanHandle handle, F&& f) noexcept {
        if (!handle.isValid() || !engine.isStarted()) return;
        auto* slot = engine.slotTable().find(handle);
        if (slot == nullptr) return;
        f(*slot);
        engine.slotTable().leave(*slot);
    }
    /// Calls `f(room)` if the span is open.
    template <class F>
    static void write(Engine& engine, SpanHandle handle, F&& f) noexcept {
        visit(engine, handle, [&](SlotTable::Slot& slot) { f(slot.scratch); });
    }

    static SpanContext contextOf(Engine& engine, SpanHandle handle) noexcept {
        SpanContext context;
        visit(engine, handle, [&](const SlotTable::Slot& slot) { context = engine.contextOf(slot.record); });
        return context;
    }

    SIDESPAN_COLD static void setStatus(SlotTable::Slot& slot, SpanStatus status,
                                        std::string_view message) noexcept {
        if (!takesStatus(slot.record.flags, status)) return;
        slot.record.flags = withStatus(slot.record.flags, status);
        if (isFailure(status)) item_writer::writeStatusMessage(slot.scratch, message);
    }

    static RemoteContext remoteContextOf(Engine& engine, SpanHandle handle, const RemoteContext* received) {
        return engine.remoteContextOf(recordOf(engine, handle), received);
    }

    static void end(Engine& engine, SpanHandle handle, SpanStatus status, std::string_view message) noexcept {
        if (!handle.isValid() || !engine.isStarted()) return;
        auto* slot = engine.slotTable().find(handle);
        if (slot == nullptr) return;
        auto& shard = engine.queue().shardAt(slot->record.shard);
        if (!SlotTable::isRecorded(handle)) [[unlikely]] {
            shard.countNotSampled();
            return engine.slotTable().giveBack(*slot);
        }
        if (status != SpanStatus::unset) setStatus(*slot, status, message);
        engine.end(slot->record, slot->scratch, shard);
        engine.slotTable().giveBack(*slot);
    }

private:
    // If the handle names no open span: like a span that is not recorded.
    static OpenRecord recordOf(Engine& engine, SpanHandle handle) noexcept {
        OpenRecord record;
        record.leaveOut();
        visit(engine, handle, [&](const SlotTable::Slot& slot) { record = slot.record; });
        return record;
    }
};

}

/// A span that is open until `end()` or its destructor. It can be moved, into a callback or to another
/// thread. Made by `Recorder::openSpan()`. It may outlive its recorder; a span that ends after that is
/// dropped and counted. If it ends while an exception unwinds this thread's stack, it gets the status error,
/// unless a status was set already.
///
/// [not the audio thread] noexcept. Allocates nothing, except that `openSpan()` shares the engine. An
/// OpenSpan itself is used by one thread at a time.
template <ClockPolicy Clock, LockPolicy Lock>
class [[nodiscard]] BasicOpenSpan : public detail::OffLaneOperations<BasicOpenSpan<Clock, Lock>> {
    using Engine = detail::Engine<Clock, Lock>;
    using ByHandle = detail::SpansByHandle<Clock, Lock>;

public:
    /// A span that is not recorded.
    BasicOpenSpan() noexcept = default;
    BasicOpenSpan(BasicOpenSpan&& other) noexcept
        : engine_(std::move(other.engine_)),
          handle_(std::exchange(other.handle_, {})),
          received_(std::move(other.received_)) {}
    BasicOpenSpan& operator=(BasicOpenSpan&& other) noexcept {
        if (this != &other) {
            end();
            engine_ = std::move(other.engine_);
            handle_ = std::exchange(other.handle_, {});
            received_ = std::move(other.received_);
        }
        return *this;
    }
    ~BasicOpenSpan() { end(); }

    /// Ends the span now. Does nothing on a span that has ended or is not recorded.
    void end() noexcept {
        if (!isOpen()) return;
        if (std::uncaught_exceptions() > 0) [[unlikely]]
            changeFlags(detail::withFailure);
        ByHandle::end(*engine_, std::exchange(handle_, {}), SpanStatus::unset, {});
        engine_.reset();
        received_.reset();
    }

    /// The same span for several holders, for a callback that is copied (std::function). It ends with the
    /// last holder, or with `end()`. This handle is empty afterwards. Allocates. If it throws std::bad_alloc,
    /// the span stays with this handle.
    [[nodiscard]] std::shared_ptr<BasicOpenSpan> share() {
        auto shared = std::make_shared<BasicOpenSpan>();
        *shared = std::move(*this);
        return shared;
    }

    /// A span within this one; it is ended separately.
    [[nodiscard]] BasicOpenSpan child(Literal name) const noexcept {
        if (!isOpen()) return {};
        return {engine_, ByHandle::startChild(*engine_, handle_, name), received_};
    }

    template <RuntimeName N>
    [[nodiscard]] BasicOpenSpan child(const N& name) const noexcept(!detail::LazyName<N>) {
        auto span = child(detail::item_writer::unnamed);
        span.updateName(name);
        return span;
    }

    /// Identifies this span to other threads and processes, sampled or not. Not valid after its end or
    /// without consent.
    [[nodiscard]] SpanContext context() const noexcept {
        return isOpen() ? ByHandle::contextOf(*engine_, handle_) : SpanContext();
    }

    /// What inject() sends to another process: the context, the parent, and the trace state and baggage of a
    /// remote parent. If nothing is recorded, it is the remote parent itself. Throws std::bad_alloc only.
    [[nodiscard]] RemoteContext remoteContext() const {
        if (isOpen()) return ByHandle::remoteContextOf(*engine_, handle_, received_.get());
        const auto* received = received_.get();
        return received != nullptr ? *received : RemoteContext();
    }

    /// Also false for a span that is not sampled.
    [[nodiscard]] bool isRecording() const noexcept {
        return isOpen() && detail::SlotTable::isRecorded(handle_);
    }

private:
    template <ClockPolicy, SinkPolicy, LockPolicy>
    friend class Recorder;
    template <class, ClockPolicy, LockPolicy>
    friend class detail::HandleCalls;
    friend class detail::SpanOperations<BasicOpenSpan>;
    friend class detail::OffLaneOperations<BasicOpenSpan>;

    BasicOpenSpan(std::shared_ptr<Engine> engine, SpanHandle handle,
                  detail::KeptContext received = {}) noexcept
        : engine_(handle.isValid() ? std::move(engine) : nullptr),
          handle_(handle),
          received_(std::move(received)) {
        if (received_.get() != nullptr) writeTraceState();
    }
    SIDESPAN_COLD void writeTraceState() noexcept {
        write([&](auto& room) { detail::item_writer::writeTraceState(room, received_.recordedState()); });
    }

    [[nodiscard]] bool isOpen() const noexcept { return engine_ != nullptr; }
    [[nodiscard]] std::uint64_t now() const noexcept { return isRecording() ? engine_->clock.now() : 0; }
    template <class F>
    void write(F&& f) noexcept {
        if (isRecording()) ByHandle::write(*engine_, handle_, std::forward<F>(f));
    }

    template <class Edit>
    void edit(Edit&& change) noexcept {
        if (!isRecording()) return;
        ByHandle::visit(*engine_, handle_, [&](auto& slot) { change(slot.record, slot.scratch); });
    }
    template <class Change>
    void changeFlags(Change&& change) noexcept {
        edit([&](auto& record, auto&) { record.flags = change(record.flags); });
    }

    std::shared_ptr<Engine> engine_;  // null when it is not open
    SpanHandle handle_;
    detail::KeptContext received_;  // the remote parent's, if there is one
};

}
