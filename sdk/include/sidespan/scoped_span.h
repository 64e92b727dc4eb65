#pragma once

#include <concepts>
#include <cstdint>
#include <exception>
#include <string_view>

#include <sidespan/detail/record/engine.h>
#include <sidespan/detail/record/off_lane_operations.h>
#include <sidespan/policy/sink_policy.h>

namespace sidespan::inline v0 {

/// A span that is open for as long as this handle is in scope: `auto encode = recorder.span("audio.encode");`
/// It stays on one thread and on the stack, where it also keeps its attributes. Its end copies them once. It
/// must not outlive its recorder. If it ends while an exception unwinds the stack, it gets the status error,
/// also in a destructor that the exception calls.
///
/// Made by `Recorder::span()` and `child()`. [not the audio thread] noexcept, no allocation. Its end waits at
/// most while other threads copy a span (bounded). A span that is not recorded does nothing.
template <ClockPolicy Clock, LockPolicy Lock>
class [[nodiscard]] BasicScopedSpan : public detail::OffLaneOperations<BasicScopedSpan<Clock, Lock>> {
protected:
    using Engine = detail::Engine<Clock, Lock>;

public:
    BasicScopedSpan(const BasicScopedSpan&) = delete;
    BasicScopedSpan& operator=(const BasicScopedSpan&) = delete;
    /// The compiler names it in its error: `openSpan()` returns a span that can be moved.
    template <std::same_as<BasicScopedSpan> UseOpenSpanForASpanThatMoves>
    BasicScopedSpan(UseOpenSpanForASpanThatMoves&&)
        SIDESPAN_REFUSED("a ScopedSpan does not move: begin the span by openSpan(), or pass its context()");

    SIDESPAN_ALWAYS_INLINE ~BasicScopedSpan() {
        if (!isRecording()) [[unlikely]] {
            if (record_.notSampledUnder != 0) shard_->countNotSampled();
            return;
        }
        if (std::uncaught_exceptions() > 0) [[unlikely]]
            record_.flags = detail::withFailure(record_.flags);
        engine_->end(record_, scratch_, *shard_);
    }

    /// A span within this one. This span must be a variable: a temporary would end before its child.
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE BasicScopedSpan child(Literal name) const& noexcept {
        return {*this, name};
    }
    BasicScopedSpan child(Literal name) const&& = delete;
    template <RuntimeName N>
    [[nodiscard]] BasicScopedSpan child(const N& name) const& noexcept(!detail::LazyName<N>) {
        return {*this, name};
    }
    template <RuntimeName N>
    BasicScopedSpan child(const N& name) const&& = delete;

    /// Identifies this span to other threads and processes, sampled or not. Not valid without consent, or
    /// after a change of it.
    [[nodiscard]] SpanContext context() const noexcept { return engine_->contextOf(record_); }

    /// What inject() sends to another process: the context, the parent, and the threshold with which
    /// `Sampler::probability` sampled it. Throws std::bad_alloc only.
    [[nodiscard]] RemoteContext remoteContext() const { return remoteContextWith(nullptr); }

    /// Also false for a span that is not sampled.
    [[nodiscard]] bool isRecording() const noexcept { return record_.epoch.isValid(); }

protected:
    template <ClockPolicy, SinkPolicy, LockPolicy>
    friend class Recorder;
    friend class detail::SpanOperations<BasicScopedSpan>;
    friend class detail::OffLaneOperations<BasicScopedSpan>;

    // A root. If the sampler is asked for each root, `rootEpoch` is not valid.
    SIDESPAN_ALWAYS_INLINE BasicScopedSpan(Engine& engine, ConsentEpoch rootEpoch, Literal name) noexcept
        : engine_(&engine) {
        record_.epoch = rootEpoch;
        scratch_.open(rootEpoch.isValid());
        if (!rootEpoch.isValid()) [[unlikely]] {
            record_.notSampledUnder = 0;
            if (engine.gate().asksEachRoot()) beginAsked(name);
            return;
        }
        shard_ = &engine_->queue().home();
        engine_->begin(record_, *shard_, rootEpoch, name, [](std::uint64_t counter) SIDESPAN_INLINE_LAMBDA {
            return detail::SpanIdentity::root(counter);
        });
    }
    // A child of `parent`, or a root if that is not valid.
    BasicScopedSpan(Engine& engine, ConsentEpoch epoch, Literal name, const SpanContext& parent,
                    std::uint64_t randomness) noexcept
        : engine_(&engine) {
        leaveOut();
        begin(epoch, name, parent, randomness);
    }
    SIDESPAN_ALWAYS_INLINE BasicScopedSpan(const BasicScopedSpan& parent, Literal name) noexcept
        : engine_(parent.engine_) {
        if (!parent.isRecording()) [[unlikely]] {
            beginWithinNotSampled(parent);
            return;
        }
        begin(parent.record_.epoch, name, [&](std::uint64_t counter) SIDESPAN_INLINE_LAMBDA {
            return detail::SpanIdentity::childOf(parent.record_, counter);
        });
    }

    // The same two with a name from run time.
    template <RuntimeName N>
    BasicScopedSpan(Engine& engine, ConsentEpoch epoch, const N& name, const SpanContext& parent,
                    std::uint64_t randomness) noexcept(!detail::LazyName<N>)
        : BasicScopedSpan(engine, epoch, detail::item_writer::unnamed, parent, randomness) {
        this->updateName(name);
    }
    template <RuntimeName N>
    BasicScopedSpan(const BasicScopedSpan& parent, const N& name) noexcept(!detail::LazyName<N>)
        : BasicScopedSpan(parent, detail::item_writer::unnamed) {
        this->updateName(name);
    }

    [[nodiscard]] RemoteContext remoteContextWith(const RemoteContext* received) const {
        return engine_->remoteContextOf(record_, received);
    }

    SIDESPAN_COLD void writeTraceState(std::string_view state) noexcept {
        if (isRecording()) detail::item_writer::writeTraceState(scratch_, state);
    }

private:
    /// `identify(counter)` gives the span's identity.
    template <class Identify>
    SIDESPAN_ALWAYS_INLINE void begin(ConsentEpoch epoch, Literal name, Identify identify) noexcept {
        scratch_.open(true);
        shard_ = &engine_->queue().home();
        engine_->begin(record_, *shard_, epoch, name, identify);
    }
    SIDESPAN_COLD void beginAsked(Literal name) noexcept { begin(engine_->epoch(), name, SpanContext(), 0); }
    void begin(ConsentEpoch epoch, Literal name, const SpanContext& parent,
               std::uint64_t randomness) noexcept {
        if (!epoch.isValid()) return;
        shard_ = &engine_->queue().home();
        engine_->begin(record_, *shard_, epoch, name, parent, randomness);
        scratch_.open(isRecording());
    }
    SIDESPAN_COLD void beginWithinNotSampled(const BasicScopedSpan& parent) noexcept {
        leaveOut();
        const ConsentEpoch epoch(parent.record_.notSampledUnder);
        if (!epoch.isValid()) return;
        shard_ = &engine_->queue().home();
        Engine::beginNotSampled(record_, epoch,
                                detail::SpanIdentity::childOf(parent.record_, shard_->nextCounter()));
    }
    void leaveOut() noexcept {
        record_.leaveOut();
        scratch_.open(false);
    }

    [[nodiscard]] std::uint64_t now() const noexcept { return isRecording() ? engine_->clock.now() : 0; }
    template <class Write>
    SIDESPAN_ALWAYS_INLINE void write(Write&& writeItems) noexcept {
        if (isRecording()) [[likely]]
            writeItems(scratch_);
    }
    template <class Change>
    SIDESPAN_ALWAYS_INLINE void changeFlags(Change&& change) noexcept {
        if (isRecording()) record_.flags = change(record_.flags);
    }

    template <class Edit>
    void edit(Edit&& change) noexcept {
        if (isRecording()) change(record_, scratch_);
    }

    Engine* engine_;
    typename Engine::Shard* shard_;
    detail::OpenRecord record_;
    detail::RecordScratch<> scratch_;
};

}
