#pragma once

#include <chrono>
#include <cstddef>
#include <exception>
#include <initializer_list>
#include <string_view>
#include <type_traits>

#include <sidespan/attribute.h>
#include <sidespan/detail/compiler.h>
#include <sidespan/name.h>
#include <sidespan/policy/clock_policy.h>
#include <sidespan/policy/lock_policy.h>
#include <sidespan/policy/sink_policy.h>
#include <sidespan/propagation/remote_context.h>
#include <sidespan/span_context.h>
#include <sidespan/span_kind.h>
#include <sidespan/span_status.h>

namespace sidespan::inline v0 {

namespace detail {

/// The operations of a span; none of them does anything. Values given as callables are not called.
class NullOperations {
public:
    template <AttributeInput V>
    SIDESPAN_ALWAYS_INLINE constexpr void set(Literal, const V&) noexcept {}
    template <ScalarValue V>
    SIDESPAN_ALWAYS_INLINE constexpr void set(Literal, std::initializer_list<V>) noexcept {}
    template <class V>
    requires(!AttributeInput<V>) constexpr void set(Literal, const V&) noexcept { refuseAttribute<V>(); }
    template <PlainAttributeValue... Vs>
    SIDESPAN_ALWAYS_INLINE constexpr void event(Literal, AttributeArgument<Vs>...) noexcept {}
    template <class... Vs>
    requires(!(AttributeInput<Vs> && ...)) constexpr void event(Literal, AttributeArgument<Vs>...) noexcept {
        (refuseAttribute<Vs>(), ...);
    }
    template <PlainAttributeValue... Vs>
    SIDESPAN_ALWAYS_INLINE constexpr void link(const SpanContext&, AttributeArgument<Vs>...) noexcept {}
    template <class... Vs>
    requires(!(AttributeInput<Vs> && ...)) constexpr void link(const SpanContext&,
                                                               AttributeArgument<Vs>...) noexcept {
        (refuseAttribute<Vs>(), ...);
    }
    SIDESPAN_ALWAYS_INLINE constexpr void setStatus(SpanStatus, std::string_view = {}) noexcept {}
    SIDESPAN_ALWAYS_INLINE constexpr void setKind(SpanKind) noexcept {}
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr SpanContext context() const noexcept { return {}; }
    SIDESPAN_ALWAYS_INLINE constexpr operator SpanContext()
        const noexcept {  // NOLINT(google-explicit-constructor)
        return {};
    }
    [[nodiscard]] RemoteContext remoteContext() const noexcept { return {}; }
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr bool isRecording() const noexcept { return false; }

    template <PlainAttributeValue... Vs>
    SIDESPAN_ALWAYS_INLINE constexpr void event(Literal, std::chrono::system_clock::time_point,
                                                AttributeArgument<Vs>...) noexcept {}

protected:
    NullOperations() = default;
    // Not defaulted: compilers then never report an unused variable of this type, as with the other handles.
    SIDESPAN_ALWAYS_INLINE constexpr ~NullOperations() {}
};

/// The additional operations of a span outside lanes.
class NullOffLaneOperations : public NullOperations {
public:
    SIDESPAN_ALWAYS_INLINE constexpr void recordException(const std::exception&) noexcept {}
    SIDESPAN_ALWAYS_INLINE constexpr void updateName(Literal) noexcept {}
    template <RuntimeName N>
    SIDESPAN_ALWAYS_INLINE constexpr void updateName(const N&) noexcept {}
    SIDESPAN_ALWAYS_INLINE constexpr void setStartTime(std::chrono::system_clock::time_point) noexcept {}
    SIDESPAN_ALWAYS_INLINE constexpr void setEndTime(std::chrono::system_clock::time_point) noexcept {}

protected:
    NullOffLaneOperations() = default;
    SIDESPAN_ALWAYS_INLINE constexpr ~NullOffLaneOperations() {}
};

}

// The handles of a recorder that discards everything. They are empty, and each accepts exactly what the
// handle that it replaces accepts, so that code compiles with every sink or with none.

/// A handle on the stack that cannot be moved. `Operations` are its operations; `Child` is the type of its
/// children, by default its own.
template <class Operations, class Kind, class Child = void>
class [[nodiscard]] NullStackSpan : public Operations {
    static constexpr bool isOffLane = std::is_same_v<Operations, detail::NullOffLaneOperations>;
    using ChildSpan = std::conditional_t<std::is_void_v<Child>, NullStackSpan, Child>;

public:
    NullStackSpan(const NullStackSpan&) = delete;
    NullStackSpan& operator=(const NullStackSpan&) = delete;

    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr ChildSpan child(Literal) const& noexcept { return {}; }
    ChildSpan child(Literal) const&& = delete;
    template <RuntimeName N>
    requires(isOffLane) [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr ChildSpan
        child(const N&) const& noexcept {
        return {};
    }
    template <RuntimeName N>
    requires(isOffLane) ChildSpan child(const N&)
    const&& = delete;

private:
    template <ClockPolicy, SinkPolicy, LockPolicy>
    friend class Recorder;
    template <class, class, class>
    friend class NullStackSpan;
    friend class NullLane;
    NullStackSpan() = default;
};

/// Replaces BasicScopedSpan.
using NullScopedSpan = NullStackSpan<detail::NullOffLaneOperations, struct ScopedKind>;
/// Replaces BasicContinuedSpan.
using NullContinuedSpan = NullStackSpan<detail::NullOffLaneOperations, struct ContinuedKind>;
/// Replaces BasicLaneSpan.
using NullLaneSpan = NullStackSpan<detail::NullOperations, struct LaneKind>;
/// Replaces BasicBlockSpan.
using NullBlockSpan = NullStackSpan<detail::NullOperations, struct BlockKind, NullLaneSpan>;

class NullSharedSpan;

/// Replaces BasicOpenSpan.
class [[nodiscard]] NullOpenSpan : public detail::NullOffLaneOperations {
public:
    NullOpenSpan() = default;
    SIDESPAN_ALWAYS_INLINE constexpr NullOpenSpan(NullOpenSpan&&) noexcept {}
    SIDESPAN_ALWAYS_INLINE constexpr NullOpenSpan& operator=(NullOpenSpan&&) noexcept { return *this; }

    SIDESPAN_ALWAYS_INLINE constexpr void end() noexcept {}
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr NullOpenSpan child(Literal) const noexcept { return {}; }
    template <RuntimeName N>
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr NullOpenSpan child(const N&) const noexcept {
        return {};
    }
    [[nodiscard]] NullSharedSpan share() noexcept;
};

/// Replaces a shared pointer to a BasicOpenSpan.
class NullSharedSpan {
public:
    constexpr NullSharedSpan() noexcept = default;
    SIDESPAN_ALWAYS_INLINE constexpr NullSharedSpan(std::nullptr_t) noexcept {}

    SIDESPAN_ALWAYS_INLINE constexpr NullOpenSpan* operator->() const noexcept { return &span_; }
    SIDESPAN_ALWAYS_INLINE constexpr NullOpenSpan& operator*() const noexcept { return span_; }
    SIDESPAN_ALWAYS_INLINE constexpr explicit operator bool() const noexcept { return true; }
    SIDESPAN_ALWAYS_INLINE constexpr void reset() noexcept {}

    SIDESPAN_ALWAYS_INLINE constexpr NullSharedSpan(const NullSharedSpan&) noexcept {}
    SIDESPAN_ALWAYS_INLINE constexpr NullSharedSpan& operator=(const NullSharedSpan&) noexcept {
        return *this;
    }

private:
    SIDESPAN_NO_UNIQUE_ADDRESS mutable NullOpenSpan span_;
};

SIDESPAN_ALWAYS_INLINE NullSharedSpan NullOpenSpan::share() noexcept {
    return {};
}

}
