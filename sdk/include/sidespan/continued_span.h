#pragma once

#include <utility>

#include <sidespan/propagation/remote_context.h>
#include <sidespan/scoped_span.h>

namespace sidespan::inline v0 {

/// A scoped span that continues another process's trace and keeps its trace state and baggage. `inject()`
/// passes both on with the span's own context. If nothing is recorded, it passes on the received context.
/// Made by `Recorder::span()` from a RemoteContext, which it copies, and by `child()`.
template <ClockPolicy Clock, LockPolicy Lock>
class [[nodiscard]] BasicContinuedSpan : public BasicScopedSpan<Clock, Lock> {
    using Base = BasicScopedSpan<Clock, Lock>;

public:
    /// As BasicScopedSpan::child(); the child keeps the same trace state and baggage.
    BasicContinuedSpan child(Literal name) const& noexcept { return {*this, name}; }
    BasicContinuedSpan child(Literal name) const&& = delete;
    template <RuntimeName N>
    BasicContinuedSpan child(const N& name) const& noexcept(!detail::LazyName<N>) {
        return {*this, name};
    }
    template <RuntimeName N>
    BasicContinuedSpan child(const N& name) const&& = delete;

    /// As BasicScopedSpan::remoteContext(), with the received trace state and baggage. If nothing is
    /// recorded, returns the received context. Throws std::bad_alloc only.
    [[nodiscard]] RemoteContext remoteContext() const { return this->remoteContextWith(received_.get()); }

private:
    template <ClockPolicy, SinkPolicy, LockPolicy>
    friend class Recorder;

    // With a literal or a name from run time.
    template <class N>
    BasicContinuedSpan(typename Base::Engine& engine, ConsentEpoch epoch, const N& name,
                       const RemoteContext& parent) noexcept(!detail::LazyName<N>)
        : Base(engine, epoch, name, parent.context, detail::randomnessOf(parent)),
          received_(parent, engine.sampler()) {
        this->writeTraceState(received_.recordedState());
    }
    template <class N>
    BasicContinuedSpan(const BasicContinuedSpan& parent, const N& name) noexcept(!detail::LazyName<N>)
        : Base(parent, name), received_(parent.received_) {
        this->writeTraceState(received_.recordedState());
    }

    detail::KeptContext received_;  // null if there was no memory for it
};

}
