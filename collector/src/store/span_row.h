#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sidespan/otlp_reader/span_text.h>
#include <sidespan/span.h>
#include <boost/json/object.hpp>

namespace sidespan::collector {

/// Who recorded a span: a client that posted it, or this server while it answered a request.
enum class SpanOrigin : std::uint8_t { client, server };

/// A span as the database holds it: ids in their canonical form, nested parts as JSON text.
struct SpanRow {
    std::string traceId;  ///< UUID form
    std::string spanId;   ///< 16 lower-case hex digits
    std::string parentSpanId;
    std::string name;
    std::string kind;
    std::string status;
    std::string statusMessage;
    std::string clientType;
    std::string clientVersion;
    std::string serviceName;
    std::string attributes;  ///< a JSON object
    std::string events;      ///< a JSON array; empty when there are none
    std::string links;       ///< a JSON array; empty when there are none
    std::int64_t startUnixNano = 0;
    std::int64_t endUnixNano = 0;
    std::uint32_t droppedAttributes = 0;
    std::uint32_t droppedEvents = 0;
    std::uint32_t droppedLinks = 0;
    SpanOrigin origin = SpanOrigin::client;
    std::shared_ptr<const std::string> resource;  ///< a JSON object; null when none was told

    // Passed on, and not stored.
    std::string traceState{};
    std::uint32_t flags = 0;                     ///< as OTLP has them; 0 when none were told
    bool hasOkStatus = false;                    ///< OTLP's OK was said, not only nothing of an error
    std::shared_ptr<const std::string> scope{};  ///< a JSON object; null when none was told
};

/// The row of a span that `Span::fromJson` took from `json`, or that gave it by `toJson()`: ids are in their
/// canonical form, times fit, and nested parts are kept as they were sent.
[[nodiscard]] SpanRow makeRow(Span span, const boost::json::object& json);

/// The row of a span that came as text.
[[nodiscard]] SpanRow makeRow(SpanText&& span, const SpanSource& source);

/// The native JSON object that a row was made from, as far as it is kept.
[[nodiscard]] boost::json::object nativeJson(const SpanRow& row);

/// The span of a row. Throws when the row was not made by makeRow.
[[nodiscard]] Span makeSpan(const SpanRow& row);

/// What leads from the times of a span, by its client's clock, to this server's.
struct ClockShift {
    std::int64_t shiftNano = 0;  ///< to be added
    std::int64_t errorNano = 0;  ///< at most so far off

    friend bool operator==(const ClockShift&, const ClockShift&) = default;
};

/// A span with who recorded it: what a trace is put together from.
struct RecordedSpan {
    Span span;
    SpanOrigin origin = SpanOrigin::client;
    /// Attributes of what recorded it; null when none was told. Spans of one resource share it.
    std::shared_ptr<const boost::json::object> resource{};
    std::optional<ClockShift> clock{};  ///< where its client has told of its clock
};

}
