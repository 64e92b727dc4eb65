#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sidespan/attribute_value.h>
#include <sidespan/version.h>

namespace boost::json {
class value;
}

namespace sidespan::inline v0 {

/// Something that happened at one moment of a span.
struct SpanEvent {
    std::uint64_t timeUnixNano = 0;
    std::string name;
    Attributes attributes;

    friend bool operator==(const SpanEvent&, const SpanEvent&) = default;
};

/// A reference from a span to another one that is not its parent.
struct SpanLink {
    std::string traceId;
    std::string spanId;
    std::uint32_t flags = 0;  ///< OTLP's: W3C's in bits 0-7; bit 8: whether bit 9 is known; bit 9: is remote
    Attributes attributes;

    friend bool operator==(const SpanLink&, const SpanLink&) = default;
};

/// A finished span as plain data: for tests, for servers, and for code written against the classic API.
/// The recording path never makes one. `fromJson(toJson())` gives back an equal span, when its texts
/// are UTF-8, its numbers finite and its times in nanoseconds.
struct Span {
    std::string traceId;       ///< UUID form, 36 characters
    std::string spanId;        ///< 16 hex digits
    std::string parentSpanId;  ///< empty for a root span
    std::string name;

    std::uint64_t startTimeUnixNano = 0;
    std::uint64_t endTimeUnixNano = 0;
    std::int64_t startTimeMs = 0;  ///< Unix milliseconds, `startTimeUnixNano` cut down
    std::int64_t endTimeMs = 0;    ///< Unix milliseconds, `endTimeUnixNano` cut down
    std::int64_t durationMs = 0;   ///< of the nanoseconds' difference, cut down

    std::string status = "ok";  ///< "ok", "error" or "cancelled"
    std::string statusMessage;
    std::string kind = "internal";  ///< "internal", "server", "client", "producer", "consumer", "unspecified"

    Attributes attributes;
    std::vector<SpanEvent> events;  ///< in the order they were recorded
    std::vector<SpanLink> links;
    std::uint32_t droppedAttributes = 0;
    std::uint32_t droppedEvents = 0;
    std::uint32_t droppedLinks = 0;

    std::string clientType = "plugin";  ///< "plugin", "web", "cli" or "server"
    std::string clientVersion;
    std::string serviceName;  ///< the product that recorded it; may be empty
    std::string traceState;   ///< as the `tracestate` header has it; may be empty

    /// The native JSON object (docs/wire-format.md). Defined in sidespan::json.
    [[nodiscard]] boost::json::value toJson() const;

    /// Reads a native JSON object. Unknown members are ignored; times may be given in milliseconds only.
    /// Throws std::invalid_argument that names the member, its value and what is allowed. Defined in
    /// sidespan::json.
    [[nodiscard]] static Span fromJson(const boost::json::value& json);

    friend bool operator==(const Span&, const Span&) = default;
};

}
