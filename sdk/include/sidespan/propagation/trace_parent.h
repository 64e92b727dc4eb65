#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include <sidespan/span_context.h>

/// The `traceparent` header (W3C Trace Context level 2, section 3.2): `00-{trace id}-{span id}-{flags}`.
namespace sidespan::inline v0 {

/// A formatted `traceparent`; converts to text that lasts as long as it does.
class TraceParentText {
public:
    static constexpr std::size_t size = 55;

    explicit TraceParentText(const SpanContext& context) noexcept;
    [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), text_.size()}; }
    operator std::string_view() const noexcept { return view(); }

private:
    std::array<char, size> text_;
};

/// The header's value for a context, version 00. Of the flags, those that level 2 knows.
[[nodiscard]] inline TraceParentText formatTraceParent(const SpanContext& context) noexcept {
    return TraceParentText(context);
}

/// A remote context, or nothing when the value is not valid: upper case, an id of zeros, version ff, anything
/// after version 00's 55 characters. Of higher versions the first 55 characters are read, which the end or
/// `-` must follow. Flags that level 2 does not know are dropped. Does not allocate.
[[nodiscard]] std::optional<SpanContext> parseTraceParent(std::string_view value) noexcept;

}
