#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// A span of an OTLP request in the form that a database stores: ids in their canonical form, nested parts as
/// JSON text. It meets all requirements of `Span::fromJson`.
struct SpanText {
    std::string traceId;       ///< UUID form
    std::string spanId;        ///< 16 lower-case hex digits
    std::string parentSpanId;  ///< the same; empty for a root
    std::string name;
    std::string statusMessage;
    std::string attributes;  ///< a JSON object
    std::string events;      ///< a JSON array; empty when there are none
    std::string links;       ///< a JSON array; empty when there are none
    std::string traceState;
    std::string_view kind;    ///< a literal
    std::string_view status;  ///< a literal
    std::uint64_t startUnixNano = 0;
    std::uint64_t endUnixNano = 0;
    std::size_t attributeCount = 0;
    std::size_t eventCount = 0;
    std::size_t linkCount = 0;
    std::size_t valueCount = 0;  ///< of the JSON values in attributes, events and links
    std::uint32_t droppedAttributes = 0;
    std::uint32_t droppedEvents = 0;
    std::uint32_t droppedLinks = 0;
    std::uint32_t flags = 0;   ///< OTLP's
    bool hasOkStatus = false;  ///< the status was OK; `status` is "ok" also if it was unset
};

/// Who recorded the spans of one resource and scope, in native terms.
struct SpanSource {
    std::string serviceName;
    std::string clientVersion;
    std::string clientType;
    /// The instrumentation scope, a JSON object: `name`, `version`, `attributes`. Null if it is empty.
    std::shared_ptr<const std::string> scope{};
};

/// Takes one span of a request that needs no further checks.
using TakeSpanText = std::function<void(SpanText&& span, const SpanSource& source)>;

}
