#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// What other tracing systems said of a trace: the `tracestate` header (W3C Trace Context level 2,
/// section 3.3). The SDK adds no member of its own; it carries on, in order, what came in.
class TraceState {
public:
    static constexpr std::size_t maxMembers = 32;
    static constexpr std::size_t maxKeyLength = 256;
    static constexpr std::size_t maxValueLength = 256;

    TraceState() = default;

    /// Reads a header's value; several headers are joined by commas first. Nothing when it breaks a rule: a
    /// malformed member, a key given twice, more than 32 members. White space around members and empty
    /// members go. Throws std::bad_alloc only.
    [[nodiscard]] static std::optional<TraceState> parse(std::string_view value);

    /// A member's value; lasts until the state changes.
    [[nodiscard]] std::optional<std::string_view> get(std::string_view key) const noexcept;

    [[nodiscard]] bool isEmpty() const noexcept { return text_.empty(); }
    /// The header's value.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

    friend bool operator==(const TraceState&, const TraceState&) = default;

private:
    std::string text_;
};

}
