#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include <sidespan/attribute.h>
#include <sidespan/detail/record/item_writer.h>

namespace sidespan::inline v0::detail {

/// The operations of an open span, for every kind of handle. `Handle` has
/// - `bool isRecording()`;
/// - `std::uint64_t now()`: its clock;
/// - `void write(auto&& f)`: calls `f(room)` with a Room of the item writer, if it is open;
/// - `void changeFlags(auto&& f)`: replaces the span's flags by `f(flags)`, if it is open.
///
/// None of these throws (except what a callable value throws), blocks on I/O or allocates.
template <class Handle>
class SpanOperations {
public:
    /// Sets an attribute, or replaces the one with the same key. Text is copied. Each call takes room in the
    /// record of 4 KiB: a value that does not fit is counted as dropped, and the earlier one is kept.
    /// Text longer than a record is cut between characters and ends in an ellipsis. Off lanes, text that fits
    /// only in part is cut in the same way. An array that does not fit is dropped as a whole.
    SIDESPAN_MAY_THROW_BEGIN
    template <AttributeInput V>
    SIDESPAN_ALWAYS_INLINE void set(Literal key,
                                    const V& value) noexcept(PlainAttributeValue<V>) SIDESPAN_NONBLOCKING {
        if constexpr (LazyAttributeValue<V> && !PlainAttributeValue<V>) {
            if (self().isRecording()) set(key, value());
        } else {
            self().write([&](auto& room)
                             SIDESPAN_INLINE_LAMBDA { item_writer::writeAttribute(room, key, value); });
        }
    }
    SIDESPAN_MAY_THROW_END

    /// An array: `set("peaks", {0.5, 0.25})`.
    template <ScalarValue V>
    void set(Literal key, std::initializer_list<V> values) noexcept SIDESPAN_NONBLOCKING {
        self().write([&](auto& room) { item_writer::writeAttribute(room, key, values); });
    }

    template <class V>
    requires(!AttributeInput<V>) void set(Literal, const V&) noexcept { refuseAttribute<V>(); }

    /// Records that something happened now: `event("retry", attr("attempt", 3))`.
    template <PlainAttributeValue... Vs>
    SIDESPAN_ALWAYS_INLINE void event(Literal name,
                                      AttributeArgument<Vs>... attributes) noexcept SIDESPAN_NONBLOCKING {
        const std::uint64_t ticks = self().now();
        self().write([&](auto& room) SIDESPAN_INLINE_LAMBDA {
            item_writer::writeEvent(room, name, {ticks}, attributes...);
        });
    }
    /// Records that something happened at a given time. A time before 1970 becomes 1970.
    template <PlainAttributeValue... Vs>
    SIDESPAN_ALWAYS_INLINE void event(Literal name, std::chrono::system_clock::time_point time,
                                      AttributeArgument<Vs>... attributes) noexcept SIDESPAN_NONBLOCKING {
        self().write([&](auto& room) SIDESPAN_INLINE_LAMBDA {
            item_writer::writeEvent(room, name, {unixNanos(time), givenTimeFlag}, attributes...);
        });
    }

    template <class... Vs>
    requires(!(AttributeInput<Vs> && ...)) void event(Literal, AttributeArgument<Vs>...) noexcept {
        (refuseAttribute<Vs>(), ...);
    }

    /// Refers to another span that is not the parent: `link(batch, attr("position", 3))`. An invalid
    /// context is ignored.
    template <PlainAttributeValue... Vs>
    SIDESPAN_ALWAYS_INLINE void link(const SpanContext& target,
                                     AttributeArgument<Vs>... attributes) noexcept SIDESPAN_NONBLOCKING {
        self().write([&](auto& room)
                         SIDESPAN_INLINE_LAMBDA { item_writer::writeLink(room, target, attributes...); });
    }
    template <class... Vs>
    requires(!(AttributeInput<Vs> && ...)) void link(const SpanContext&, AttributeArgument<Vs>...) noexcept {
        (refuseAttribute<Vs>(), ...);
    }

    /// How the operation ended; `unset` by default. The message says why, and is kept only with `error` and
    /// `cancelled`. A later call replaces both, except that `ok` is final. Some 240 bytes of the record are
    /// reserved for the message.
    SIDESPAN_ALWAYS_INLINE void setStatus(SpanStatus status,
                                          std::string_view message = {}) noexcept SIDESPAN_NONBLOCKING {
        bool isTaken = false;
        self().changeFlags([&](std::uint8_t flags) SIDESPAN_INLINE_LAMBDA {
            isTaken = takesStatus(flags, status);
            return isTaken ? withStatus(flags, status) : flags;
        });
        if (!isTaken) return;
        if (!isFailure(status)) message = {};
        self().write([&](auto& room)
                         SIDESPAN_INLINE_LAMBDA { item_writer::writeStatusMessage(room, message); });
    }

    /// A span can be used wherever a context is expected: `recorder.span("b", parent)`.
    operator SpanContext() const noexcept SIDESPAN_NONBLOCKING {  // NOLINT(google-explicit-constructor)
        return static_cast<const Handle&>(*this).context();
    }

    /// The span's role; `internal` by default.
    SIDESPAN_ALWAYS_INLINE void setKind(SpanKind kind) noexcept SIDESPAN_NONBLOCKING {
        self().changeFlags([=](std::uint8_t flags) SIDESPAN_INLINE_LAMBDA { return withKind(flags, kind); });
    }

protected:
    SpanOperations() = default;
    ~SpanOperations() = default;
    SpanOperations(const SpanOperations&) = default;
    SpanOperations& operator=(const SpanOperations&) = default;

private:
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE Handle& self() noexcept { return static_cast<Handle&>(*this); }
};

}
