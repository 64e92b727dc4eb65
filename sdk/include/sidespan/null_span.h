#pragma once

#include <string_view>

#include <sidespan/attribute.h>
#include <sidespan/detail/compiler.h>
#include <sidespan/span_context.h>
#include <sidespan/span_kind.h>
#include <sidespan/span_status.h>

namespace sidespan::inline v0 {

/// The handle of a recorder that discards everything: every kind of handle's calls, none of which does
/// anything. Values given as callables are not called.
class [[nodiscard]] NullSpan {
public:
    // Not defaulted: a variable of this type is then never unused, as one of the others is not.
    SIDESPAN_ALWAYS_INLINE constexpr ~NullSpan() {}
    NullSpan() = default;
    NullSpan(NullSpan&&) = default;
    NullSpan& operator=(NullSpan&&) = default;

    template <AttributeInput V>
    SIDESPAN_ALWAYS_INLINE constexpr void set(Literal, const V&) noexcept {}
    template <detail::PlainAttributeValue... Vs>
    SIDESPAN_ALWAYS_INLINE constexpr void event(Literal, AttributeArgument<Vs>...) noexcept {}
    SIDESPAN_ALWAYS_INLINE constexpr void link(const SpanContext&) noexcept {}
    SIDESPAN_ALWAYS_INLINE constexpr void setStatus(SpanStatus, std::string_view = {}) noexcept {}
    SIDESPAN_ALWAYS_INLINE constexpr void setKind(SpanKind) noexcept {}
    SIDESPAN_ALWAYS_INLINE constexpr void end() noexcept {}
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr NullSpan child(Literal) const noexcept { return {}; }
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr SpanContext context() const noexcept { return {}; }
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr bool isRecording() const noexcept { return false; }
};

}
