#include "store/span_row.h"

#include <utility>

#include <sidespan/encoding/detail/otlp_status.h>
#include <sidespan/json/parse_json.h>
#include <boost/json/serialize.hpp>

namespace sidespan::collector {

namespace {

std::string partText(const boost::json::object& json, const char* member) {
    const auto* part = json.if_contains(member);
    if (part == nullptr || part->is_null()) return {};
    if (part->is_array() && part->get_array().empty()) return {};
    return boost::json::serialize(*part);
}

// What a Span and a SpanText have alike.
template <class AnySpan>
SpanRow makeRowOf(AnySpan& span) {
    SpanRow row;
    row.traceId = std::move(span.traceId);
    row.spanId = std::move(span.spanId);
    row.parentSpanId = std::move(span.parentSpanId);
    row.name = std::move(span.name);
    row.kind = std::move(span.kind);
    row.status = std::move(span.status);
    row.statusMessage = std::move(span.statusMessage);
    row.droppedAttributes = span.droppedAttributes;
    row.droppedEvents = span.droppedEvents;
    row.droppedLinks = span.droppedLinks;
    return row;
}

std::uint32_t numberMember(const boost::json::object& json, const char* member) {
    const auto* value = json.if_contains(member);
    if (value == nullptr) return 0;
    boost::system::error_code error;
    const auto number = value->to_number<std::uint32_t>(error);
    return error ? 0 : number;
}

std::shared_ptr<const std::string> scopeIn(const boost::json::object& json) {
    const auto* scope = json.if_contains("scope");
    if (scope == nullptr || !scope->is_object() || scope->get_object().empty()) return nullptr;
    return std::make_shared<const std::string>(boost::json::serialize(*scope));
}

void restorePart(boost::json::object& json, const char* member, const std::string& text) {
    if (!text.empty()) json[member] = parseJson(text);
}

}

SpanRow makeRow(Span span, const boost::json::object& json) {
    auto row = makeRowOf(span);
    row.startUnixNano = static_cast<std::int64_t>(span.startTimeUnixNano);
    row.endUnixNano = static_cast<std::int64_t>(span.endTimeUnixNano);
    row.clientType = std::move(span.clientType);
    row.clientVersion = std::move(span.clientVersion);
    row.serviceName = std::move(span.serviceName);
    row.attributes = span.attributes.empty() ? "{}" : partText(json, "attributes");
    row.events = partText(json, "events");
    row.links = partText(json, "links");
    row.traceState = std::move(span.traceState);
    row.flags = numberMember(json, "flags");
    row.hasOkStatus = numberMember(json, "statusCode") == detail::otlpOkCode;
    row.scope = scopeIn(json);
    return row;
}

SpanRow makeRow(SpanText&& span, const SpanSource& source) {
    auto row = makeRowOf(span);
    row.clientType = source.clientType;
    row.clientVersion = source.clientVersion;
    row.serviceName = source.serviceName;
    row.attributes = std::move(span.attributes);
    row.events = std::move(span.events);
    row.links = std::move(span.links);
    row.startUnixNano = static_cast<std::int64_t>(span.startUnixNano);
    row.endUnixNano = static_cast<std::int64_t>(span.endUnixNano);
    row.traceState = std::move(span.traceState);
    row.flags = span.flags;
    row.hasOkStatus = span.hasOkStatus;
    row.scope = source.scope;
    return row;
}

boost::json::object nativeJson(const SpanRow& row) {
    boost::json::object json;
    json["traceId"] = row.traceId;
    json["spanId"] = row.spanId;
    json["parentSpanId"] = row.parentSpanId;
    json["name"] = row.name;
    json["kind"] = row.kind;
    json["status"] = row.status;
    json["statusMessage"] = row.statusMessage;
    json["clientType"] = row.clientType;
    json["clientVersion"] = row.clientVersion;
    json["serviceName"] = row.serviceName;
    json["startTimeUnixNano"] = std::to_string(row.startUnixNano);
    json["endTimeUnixNano"] = std::to_string(row.endUnixNano);
    json["startTimeMs"] = row.startUnixNano / 1'000'000;
    json["endTimeMs"] = row.endUnixNano / 1'000'000;
    json["droppedAttributes"] = row.droppedAttributes;
    json["droppedEvents"] = row.droppedEvents;
    json["droppedLinks"] = row.droppedLinks;
    restorePart(json, "attributes", row.attributes);
    restorePart(json, "events", row.events);
    restorePart(json, "links", row.links);
    if (!row.traceState.empty()) json["traceState"] = row.traceState;
    if (row.flags != 0) json["flags"] = row.flags;
    if (row.hasOkStatus) json["statusCode"] = detail::otlpOkCode;
    return json;
}

Span makeSpan(const SpanRow& row) {
    return Span::fromJson(nativeJson(row));
}

}
