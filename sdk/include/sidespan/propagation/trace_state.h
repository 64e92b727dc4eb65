#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// What tracing systems said of a trace: the `tracestate` header (W3C Trace Context level 2, section 3.3).
/// The SDK passes on, in order, what came in. It adds only OpenTelemetry's `ot`, with the threshold by which
/// `Sampler::probability` sampled the trace.
class TraceState {
public:
    static constexpr std::size_t maxMembers = 32;
    static constexpr std::size_t maxKeyLength = 256;
    static constexpr std::size_t maxValueLength = 256;

    TraceState() = default;

    /// Reads a header's value; several headers are joined by commas first. Nothing when it breaks a rule: a
    /// malformed member, more than 32 members. Of a key given twice the first member stays. White space
    /// around members and empty members go. Throws std::bad_alloc only.
    [[nodiscard]] static std::optional<TraceState> parse(std::string_view value);

    /// A member's value; lasts until the state changes.
    [[nodiscard]] std::optional<std::string_view> get(std::string_view key) const noexcept;

    /// Sets a member and puts it first, as section 3.5 asks of who changes one; the last of 33 members goes.
    /// False, and no change, when the key or the value is not valid. Throws std::bad_alloc only.
    bool set(std::string_view key, std::string_view value);
    /// Removes a member, if it is there.
    void remove(std::string_view key);

    [[nodiscard]] bool isEmpty() const noexcept { return text_.empty(); }
    /// The header's value.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

    friend bool operator==(const TraceState&, const TraceState&) = default;

private:
    void append(std::string_view member);

    std::string text_;
};

}
