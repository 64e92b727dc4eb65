#include "native_span.h"

#include <algorithm>
#include <bit>
#include <utility>

#include <sidespan/client_type.h>
#include <sidespan/encoding/detail/otlp_status.h>
#include <sidespan/encoding/utf8.h>
#include <sidespan/native_json/native_limits.h>
#include <sidespan/span_kind.h>
#include <boost/json/serialize.hpp>

namespace sidespan::inline v0::detail {
namespace {

namespace bj = boost::json;

// The first `count` characters of a valid text.
std::string_view firstCharacters(std::string_view text, std::size_t count) {
    std::size_t size = 0;
    while (size < text.size() && count-- > 0) size += utf8SequenceAt(text.substr(size)).size;
    return text.substr(0, size);
}

std::string nativeName(std::string_view name) {
    return std::string(firstCharacters(name, NativeLimits::maxNameLength));
}

// OTLP lets spans and events be without a name, native JSON does not.
std::string nameOrNone(std::string_view name) {
    return name.empty() ? "(no name)" : nativeName(name);
}

// All zero, which OpenTelemetry calls invalid: some SDKs write none in this way.
bool isNoId(std::string_view hex) {
    return hex.find_first_not_of('0') == std::string_view::npos;
}

std::string textOf(const bj::object& attributes, std::string_view key) {
    const auto* value = attributes.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

bool isNonFinite(const bj::value& value) {
    return value == "NaN" || value == "Infinity" || value == "-Infinity";
}

// Whether all elements have one type. Names of doubles that JSON lacks count as doubles.
bool isNativeArray(const bj::value& value) {
    if (!value.is_array() || value.get_array().size() > NativeLimits::maxArraySize) return false;
    const auto areAll = [&](auto is) { return std::ranges::all_of(value.get_array(), is); };
    return areAll([](const bj::value& item) { return item.is_string(); }) ||
           areAll([](const bj::value& item) { return item.is_bool(); }) ||
           areAll([](const bj::value& item) { return item.is_int64(); }) ||
           areAll([](const bj::value& item) { return item.is_double() || isNonFinite(item); });
}

// Sidespan writes `cancelled` as an error with an attribute, which this removes.
std::string takeStatus(OtlpSpan& span) {
    if (span.statusCode != otlpErrorCode) return "ok";
    const bool isCancelled = textOf(span.attributes, statusKey) == "cancelled";
    if (isCancelled) span.attributes.erase(statusKey);
    return isCancelled ? "cancelled" : "error";
}

}

std::string_view kindName(std::uint64_t kind) noexcept {
    constexpr std::uint64_t kinds = 6;
    return toString(kind < kinds ? static_cast<SpanKind>(kind) : SpanKind::unspecified);
}

bj::value nativeDouble(double value) {
    constexpr std::uint64_t exponent = 0x7ff0'0000'0000'0000;
    const auto bits = std::bit_cast<std::uint64_t>(value);
    if ((bits & exponent) != exponent) return value;
    if ((bits & 0x000f'ffff'ffff'ffff) != 0) return "NaN";
    return (bits >> 63U) != 0 ? "-Infinity" : "Infinity";
}

void addAttribute(bj::object& attributes, std::string_view key, bj::value value) {
    if (value.is_null() || key.empty()) return;
    if (value.is_structured() && !isNativeArray(value)) value = bj::serialize(value);
    attributes[nativeName(key)] = std::move(value);
}

bj::object nativeEvent(std::uint64_t timeUnixNano, std::string_view name, bj::object attributes) {
    bj::object event{{"timeUnixNano", std::to_string(timeUnixNano)}, {"name", nameOrNone(name)}};
    if (!attributes.empty()) event["attributes"] = std::move(attributes);
    return event;
}

void OtlpSpan::addLink(OtlpLink link) {
    if (isNoId(link.traceId) || isNoId(link.spanId)) {
        ++linksToNothing;
        return;
    }
    bj::object json{{"traceId", link.traceId}, {"spanId", link.spanId}};
    if (link.flags != 0) json["flags"] = link.flags;
    if (!link.traceState.empty()) json["traceState"] = link.traceState;
    if (!link.attributes.empty()) json["attributes"] = std::move(link.attributes);
    links.push_back(std::move(json));
}

bj::object nativeScope(std::string_view name, std::string_view version, bj::object attributes) {
    bj::object scope;
    if (!name.empty()) scope["name"] = name;
    if (!version.empty()) scope["version"] = version;
    if (!attributes.empty()) scope["attributes"] = std::move(attributes);
    return scope;
}

NativeSpans::NativeSpans(const bj::object& resourceAttributes, const TakeNativeSpan& take)
    : source_{nativeName(textOf(resourceAttributes, "service.name")),
              std::string(firstCharacters(textOf(resourceAttributes, "service.version"),
                                          NativeLimits::maxClientVersionLength)),
              textOf(resourceAttributes, "sidespan.client.type")},
      take_(take) {
    if (!parseClientType(source_.clientType)) source_.clientType = toString(ClientType::server);
}

void NativeSpans::setScope(bj::object scope) {
    source_.scope = scope.empty() ? nullptr : std::make_shared<const std::string>(bj::serialize(scope));
    scope_ = std::move(scope);
}

void NativeSpans::take(OtlpSpan span) const {
    bj::object json;
    json["status"] = takeStatus(span);
    if (span.statusCode == otlpOkCode) json["statusCode"] = otlpOkCode;
    json["traceId"] = span.traceId;
    json["spanId"] = span.spanId;
    if (!isNoId(span.parentSpanId)) json["parentSpanId"] = span.parentSpanId;
    json["name"] = nameOrNone(span.name);
    json["kind"] = kindName(span.kind);
    json["startTimeUnixNano"] = std::to_string(span.startUnixNano);
    json["endTimeUnixNano"] = std::to_string(span.endUnixNano);
    json["statusMessage"] = span.statusMessage;
    json["attributes"] = std::move(span.attributes);
    json["events"] = std::move(span.events);
    if (!span.links.empty()) json["links"] = std::move(span.links);
    if (span.droppedAttributes != 0) json["droppedAttributes"] = span.droppedAttributes;
    if (span.droppedEvents != 0) json["droppedEvents"] = span.droppedEvents;
    if (const auto dropped = span.droppedLinks + span.linksToNothing; dropped != 0)
        json["droppedLinks"] = dropped;
    if (!span.traceState.empty()) json["traceState"] = span.traceState;
    if (span.flags != 0) json["flags"] = span.flags;
    if (!scope_.empty()) json["scope"] = scope_;
    json["serviceName"] = source_.serviceName;
    json["clientVersion"] = source_.clientVersion;
    json["clientType"] = source_.clientType;
    take_(std::move(json));
}

}
