#pragma once

#include <string_view>

#include <sidespan/attribute.h>
#include <sidespan/detail/compiler.h>
#include <sidespan/policy/clock_policy.h>
#include <sidespan/policy/lock_policy.h>
#include <sidespan/policy/sink_policy.h>
#include <sidespan/span_context.h>
#include <sidespan/span_kind.h>
#include <sidespan/span_status.h>

namespace sidespan::inline v0 {

namespace detail {

/// What can be said about a span that is not there; none of it does anything. Values given as callables are
/// not called.
class NullOperations {
public:
    template <AttributeInput V>
    SIDESPAN_ALWAYS_INLINE constexpr void set(Literal, const V&) noexcept {}
    template <class V>
    requires(!AttributeInput<V>) constexpr void set(Literal, const V&) noexcept { refuseAttribute<V>(); }
    template <PlainAttributeValue... Vs>
    SIDESPAN_ALWAYS_INLINE constexpr void event(Literal, AttributeArgument<Vs>...) noexcept {}
    SIDESPAN_ALWAYS_INLINE constexpr void link(const SpanContext&) noexcept {}
    SIDESPAN_ALWAYS_INLINE constexpr void setStatus(SpanStatus, std::string_view = {}) noexcept {}
    SIDESPAN_ALWAYS_INLINE constexpr void setKind(SpanKind) noexcept {}
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr SpanContext context() const noexcept { return {}; }
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr bool isRecording() const noexcept { return false; }

protected:
    NullOperations() = default;
    // Not defaulted: a variable of this type is then never unused, as one of the others is not.
    SIDESPAN_ALWAYS_INLINE constexpr ~NullOperations() {}
};

}

// The handles of a recorder that discards everything: empty, and each takes what the one it stands for takes
// and no more, so that code compiles with every sink or with none.

/// In the place of BasicScopedSpan.
class [[nodiscard]] NullScopedSpan : public detail::NullOperations {
public:
    NullScopedSpan(const NullScopedSpan&) = delete;
    NullScopedSpan& operator=(const NullScopedSpan&) = delete;

    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr NullScopedSpan child(Literal) const& noexcept {
        return {};
    }
    NullScopedSpan child(Literal) const&& = delete;

private:
    template <ClockPolicy, SinkPolicy, LockPolicy>
    friend class Recorder;
    NullScopedSpan() = default;
};

/// In the place of BasicOpenSpan.
class [[nodiscard]] NullOpenSpan : public detail::NullOperations {
public:
    NullOpenSpan() = default;
    SIDESPAN_ALWAYS_INLINE constexpr NullOpenSpan(NullOpenSpan&&) noexcept {}
    SIDESPAN_ALWAYS_INLINE constexpr NullOpenSpan& operator=(NullOpenSpan&&) noexcept { return *this; }

    SIDESPAN_ALWAYS_INLINE constexpr void end() noexcept {}
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr NullOpenSpan child(Literal) const noexcept { return {}; }
};

/// In the place of BasicLaneSpan.
class [[nodiscard]] NullLaneSpan : public detail::NullOperations {
public:
    NullLaneSpan(const NullLaneSpan&) = delete;
    NullLaneSpan& operator=(const NullLaneSpan&) = delete;

    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr NullLaneSpan child(Literal) const& noexcept { return {}; }
    NullLaneSpan child(Literal) const&& = delete;

private:
    friend class NullBlockSpan;
    friend class NullLane;
    NullLaneSpan() = default;
};

/// In the place of BasicBlockSpan.
class [[nodiscard]] NullBlockSpan : public detail::NullOperations {
public:
    NullBlockSpan(const NullBlockSpan&) = delete;
    NullBlockSpan& operator=(const NullBlockSpan&) = delete;

    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr NullLaneSpan child(Literal) const& noexcept { return {}; }
    NullLaneSpan child(Literal) const&& = delete;

private:
    friend class NullLane;
    NullBlockSpan() = default;
};

}
