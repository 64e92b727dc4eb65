#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// Data of tracing systems that travels with a trace: the `tracestate` header (W3C Trace Context level 2,
/// section 3.3). The SDK passes on what it received, in the same order. It adds only OpenTelemetry's `ot`,
/// with the threshold by which `Sampler::probability` sampled the trace.
class TraceState {
public:
    static constexpr std::size_t maxMembers = 32;
    static constexpr std::size_t maxKeyLength = 256;
    static constexpr std::size_t maxValueLength = 256;

    TraceState() = default;

    /// Reads a header's value; join several headers with commas first. Empty if the value breaks a rule: a
    /// malformed member, or more than 32 members. If a key is given twice, the first member is kept. White
    /// space around members, and empty members, are removed. Throws std::bad_alloc only.
    [[nodiscard]] static std::optional<TraceState> parse(std::string_view value);

    /// A member's value; lasts until the state changes.
    [[nodiscard]] std::optional<std::string_view> get(std::string_view key) const noexcept;

    /// Sets a member and puts it first, as section 3.5 requires after a change; a 33rd member at the end is
    /// removed. Returns false and changes nothing if the key or the value is not valid. Throws std::bad_alloc
    /// only.
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
