#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sidespan/attribute_value.h>
#include <sidespan/consent.h>
#include <sidespan/span.h>
#include <boost/json/array.hpp>

namespace sidespan::inline v0 {

class TraceContext;

/// How much a SpanRecorder holds, and what it must obey.
struct SpanRecorderOptions {
    /// Open and finished spans together. Beyond it the oldest finished one goes; when all are open, no more
    /// begin.
    std::size_t maxSpans = 4096;
    /// Granted unless one is given, as in TraceContextOptions. While it is not, nothing is recorded; when it
    /// changes, what is held is forgotten.
    Consent consent = Consent::granted;
    /// Unix time in nanoseconds. By default the system clock, read once for each root span, plus what a
    /// steady clock has counted since, so that a duration never bends when somebody sets the clock.
    std::function<std::uint64_t()> clock = {};
};

/// Records spans in memory until the program takes them: the classic API, synchronous and without a thread.
/// `Recorder` records without allocating and delivers by itself.
///
/// Any thread; a mutex guards everything. Calls that name no open span, such as a second endSpan(), do
/// nothing and are counted.
class SpanRecorder {
public:
    SpanRecorder() : SpanRecorder(SpanRecorderOptions{}) {}
    explicit SpanRecorder(SpanRecorderOptions options);
    SpanRecorder(const SpanRecorder&) = delete;
    SpanRecorder& operator=(const SpanRecorder&) = delete;
    ~SpanRecorder();

    /// Begins a span as a child of the context's current one and makes it the current one. Returns its id, 16
    /// hex digits; empty when nothing was recorded: consent is not granted, or there is no room. A name is
    /// cut after 255 characters; an empty one becomes "unnamed". In a trace that the caller's `traceparent`
    /// says is not sampled, the span has an id for requests and is forgotten at its end.
    std::string startSpan(std::string_view name, TraceContext& context);

    /// Ends a span and takes it off its context. What is still open inside it, on the same context, ends with
    /// it, as cancelled. `status` is "ok", "error" or "cancelled"; anything else counts as "error".
    void endSpan(std::string_view spanId, std::string_view status = "ok", std::string_view message = {});

    /// Sets an attribute of an open span: text, a number or a bool. At most 128 for each span, then they are
    /// counted in the span's `droppedAttributes`. Text is cut after 64 KiB.
    void addAttribute(std::string_view spanId, std::string_view key, AttributeValue value);

    /// Notes that something happened now. At most 128 for each span, then they are counted in
    /// `droppedEvents`.
    void recordEvent(std::string_view spanId, std::string_view eventName);

    /// The finished spans, in the order they ended.
    [[nodiscard]] std::vector<Span> getSpans() const;
    /// The same in native JSON: what `NetworkClient::sendTelemetrySpans()` takes.
    [[nodiscard]] boost::json::array getJson() const;

    /// Forgets the finished spans. Those that are open stay so.
    void clear();

    /// How many spans are open.
    [[nodiscard]] std::size_t openSpans() const;
    /// How many spans were lost for want of room.
    [[nodiscard]] std::uint64_t droppedSpans() const;
    /// How many calls named no open span.
    [[nodiscard]] std::uint64_t ignoredCalls() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}
