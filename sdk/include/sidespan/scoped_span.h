#pragma once

#include <concepts>
#include <cstdint>
#include <exception>

#include <sidespan/detail/record/engine.h>
#include <sidespan/detail/record/span_operations.h>
#include <sidespan/policy/sink_policy.h>

namespace sidespan::inline v0 {

/// A span that is open for as long as this handle is in scope: `auto encode = recorder.span("audio.encode");`
/// It stays on one thread and on the stack, where it also keeps its attributes until its end copies them
/// once; it must not outlive its recorder. Ending while an exception is on its way sets the status
/// to error, also in a destructor that the exception calls.
///
/// Made by `Recorder::span()` and `child()`. [not the audio thread] noexcept, no allocation; the
/// end waits for other threads' copies at most (bounded). A span that is not recorded does nothing.
template <ClockPolicy Clock, LockPolicy Lock>
class [[nodiscard]] BasicScopedSpan : public detail::SpanOperations<BasicScopedSpan<Clock, Lock>> {
    using Engine = detail::Engine<Clock, Lock>;

public:
    BasicScopedSpan(const BasicScopedSpan&) = delete;
    BasicScopedSpan& operator=(const BasicScopedSpan&) = delete;
    /// For the compiler to name: `openSpan()` gives a span that moves.
    template <std::same_as<BasicScopedSpan> UseOpenSpanForASpanThatMoves>
    BasicScopedSpan(UseOpenSpanForASpanThatMoves&&) = delete;

    SIDESPAN_ALWAYS_INLINE ~BasicScopedSpan() {
        if (!isRecording()) return;
        if (std::uncaught_exceptions() > 0) [[unlikely]]
            record_.flags = detail::withFailure(record_.flags);
        engine_->end(record_, scratch_, *shard_);
    }

    /// A span within this one, which must be a variable: a temporary would end before its child.
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE BasicScopedSpan child(Literal name) const& noexcept {
        return {*engine_, record_.epoch, name, [this](std::uint64_t counter) SIDESPAN_INLINE_LAMBDA {
                    return detail::SpanIdentity::childOf(record_, counter);
                }};
    }
    BasicScopedSpan child(Literal name) const&& = delete;

    /// What names this span to other threads and processes; not valid when it is not recorded, any more or at
    /// all.
    [[nodiscard]] SpanContext context() const noexcept { return engine_->contextOf(record_); }

    [[nodiscard]] bool isRecording() const noexcept { return record_.epoch.isValid(); }

private:
    template <ClockPolicy, SinkPolicy, LockPolicy>
    friend class Recorder;
    friend class detail::SpanOperations<BasicScopedSpan>;

    /// `identify(counter)` gives the span's identity.
    template <class Identify>
    SIDESPAN_ALWAYS_INLINE BasicScopedSpan(Engine& engine, ConsentEpoch epoch, Literal name,
                                           Identify identify) noexcept
        : engine_(&engine) {
        record_.epoch = epoch;
        scratch_.open(epoch.isValid());
        if (!epoch.isValid()) return;
        shard_ = &engine_->queue().home();
        engine_->begin(record_, *shard_, epoch, name, identify);
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

    Engine* engine_;
    typename Engine::Shard* shard_;
    detail::OpenRecord record_;
    detail::RecordScratch<> scratch_;
};

}
