#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <exception>
#include <string_view>
#include <utility>

#include <sidespan/open_span.h>
#include <sidespan/span_handle.h>

namespace sidespan::inline v0::detail {

/// A recorder's calls for spans by handle, for code that keeps its own table of them. A handle that names no
/// open span does nothing. `Owner`, the recorder, has `parts_` and openSpan().
template <class Owner, ClockPolicy Clock, LockPolicy Lock>
class HandleCalls {
    using ByHandle = SpansByHandle<Clock, Lock>;
    using Time = std::chrono::system_clock::time_point;

public:
    /// Begins a span that is open until endSpan(). It is exported with the trace state of a RemoteContext,
    /// but does not keep that, or its baggage, for inject().
    [[nodiscard]] SpanHandle startSpan(Literal name) noexcept {
        return ByHandle::startRoot(engine(), owner().parts_.rootEpoch(), name);
    }
    [[nodiscard]] SpanHandle startSpan(Literal name, const SpanContext& parent) noexcept {
        return ByHandle::start(engine(), owner().parts_.epoch(), name, parent, randomnessOf(parent.traceId));
    }
    template <std::same_as<RemoteContext> Received>
    [[nodiscard]] SpanHandle startSpan(Literal name, const Received& parent) noexcept {
        auto span = owner().openSpan(name, parent);
        return std::exchange(span.handle_, {});
    }
    template <RuntimeName N>
    [[nodiscard]] SpanHandle startSpan(const N& name, const SpanContext& parent = {}) noexcept(!LazyName<N>) {
        auto span = owner().openSpan(name, parent);  // ends it if the callable throws
        return std::exchange(span.handle_, {});
    }
    template <RuntimeName N, std::same_as<RemoteContext> Received>
    [[nodiscard]] SpanHandle startSpan(const N& name, const Received& parent) noexcept(!LazyName<N>) {
        auto span = owner().openSpan(name, parent);
        return std::exchange(span.handle_, {});
    }

    template <AttributeInput V>
    void addAttribute(SpanHandle span, Literal key, const V& value) noexcept(PlainAttributeValue<V>) {
        if constexpr (PlainAttributeValue<V>) {
            write(span, [&](auto& room) { item_writer::writeAttribute(room, key, value); });
        } else if (SlotTable::isRecorded(span) && contextOf(span).isValid()) {
            addAttribute(span, key, value());
        }
    }
    template <class V>
    requires(!AttributeInput<V>) void addAttribute(SpanHandle, Literal, const V&) noexcept {
        refuseAttribute<V>();
    }

    /// Records that something happened now, or at a time: `recordEvent(span, "retry", attr("attempt", 3))`.
    template <PlainAttributeValue... Vs>
    void recordEvent(SpanHandle span, Literal name, AttributeArgument<Vs>... attributes) noexcept {
        if (!SlotTable::isRecorded(span)) return;
        const std::uint64_t ticks = engine().clock.now();
        write(span, [&](auto& room) { item_writer::writeEvent(room, name, {ticks}, attributes...); });
    }
    template <PlainAttributeValue... Vs>
    void recordEvent(SpanHandle span, Literal name, Time time, AttributeArgument<Vs>... attributes) noexcept {
        write(span, [&](auto& room) {
            item_writer::writeEvent(room, name, {unixNanos(time), givenTimeFlag}, attributes...);
        });
    }

    /// As ScopedSpan::recordException().
    void recordException(SpanHandle span, const std::exception& exception) noexcept {
        if (!SlotTable::isRecorded(span)) return;
        const std::uint64_t ticks = engine().clock.now();
        const ExceptionText text(exception);
        write(span, [&](auto& room) { writeException(room, ticks, text); });
    }

    void endSpan(SpanHandle span, SpanStatus status = SpanStatus::unset,
                 std::string_view message = {}) noexcept {
        ByHandle::end(engine(), span, status, message);
    }

    /// Identifies the span to other threads and processes; not valid if it is not open.
    [[nodiscard]] SpanContext contextOf(SpanHandle span) const noexcept {
        return ByHandle::contextOf(engine(), span);
    }

protected:
    HandleCalls() = default;
    ~HandleCalls() = default;

private:
    template <class F>
    void write(SpanHandle span, F&& f) noexcept {
        ByHandle::write(engine(), span, std::forward<F>(f));
    }
    [[nodiscard]] Owner& owner() noexcept { return static_cast<Owner&>(*this); }
    [[nodiscard]] Engine<Clock, Lock>& engine() const noexcept {
        return *static_cast<const Owner&>(*this).parts_.engine;
    }
};

}
