#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <sidespan/detail/finite.h>
#include <sidespan/encoding/utf8.h>
#include <sidespan/span.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace sidespan::inline v0 {
namespace {

namespace bj = boost::json;

bj::string text(std::string_view value) {
    return bj::string(toValidUtf8(value));
}

bj::string decimal(std::uint64_t value) {
    return bj::string(fmt::format_int(value).c_str());
}

// JSON has no number for these; their names are those of Protobuf's JSON mapping.
std::string_view nameOfNonFinite(const double& value) {
    if (detail::isNan(value)) return "NaN";
    return detail::isNegative(value) ? "-Infinity" : "Infinity";
}

bj::value valueOf(const std::string& value) {
    return text(value);
}
bj::value valueOf(std::int64_t value) {
    return value;
}
bj::value valueOf(const double& value) {
    if (!detail::isFinite(value)) return text(nameOfNonFinite(value));
    return value;
}
bj::value valueOf(bool value) {
    return value;
}
template <class T>
bj::value valueOf(const std::vector<T>& values) {
    bj::array array;
    array.reserve(values.size());
    for (const T& value : values) array.push_back(valueOf(value));
    return array;
}

bj::value toJson(const AttributeValue& attribute) {
    return attribute.visit([](const auto& value) { return valueOf(value); });
}

bj::object toJson(const Attributes& attributes) {
    bj::object object;
    object.reserve(attributes.size());
    for (const auto& [key, value] : attributes) object[toValidUtf8(key)] = toJson(value);
    return object;
}

bj::object toJson(const SpanEvent& event) {
    bj::object object;
    object["timestamp"] = static_cast<std::int64_t>(event.timeUnixNano / 1'000'000);
    object["timeUnixNano"] = decimal(event.timeUnixNano);
    object["name"] = text(event.name);
    if (!event.attributes.empty()) object["attributes"] = toJson(event.attributes);
    return object;
}

bj::object toJson(const SpanLink& link) {
    bj::object object{{"traceId", text(link.traceId)}, {"spanId", text(link.spanId)}};
    if (link.flags != 0) object["flags"] = link.flags;
    if (!link.attributes.empty()) object["attributes"] = toJson(link.attributes);
    return object;
}

template <class Items>
bj::array toJsonArray(const Items& items) {
    bj::array array;
    array.reserve(items.size());
    for (const auto& item : items) array.emplace_back(toJson(item));
    return array;
}

// Older code sets milliseconds only: such a span has no nanoseconds to write.
void addNanos(bj::object& object, std::string_view name, std::uint64_t nanos, std::int64_t millis) {
    if (nanos != 0 || millis == 0) object[name] = decimal(nanos);
}

}

bj::value Span::toJson() const {
    bj::object object;
    object.reserve(22);
    object["traceId"] = text(traceId);
    object["spanId"] = text(spanId);
    object["parentSpanId"] = text(parentSpanId);
    object["name"] = text(name);
    object["startTimeMs"] = startTimeMs;
    object["endTimeMs"] = endTimeMs;
    object["durationMs"] = durationMs;
    addNanos(object, "startTimeUnixNano", startTimeUnixNano, startTimeMs);
    addNanos(object, "endTimeUnixNano", endTimeUnixNano, endTimeMs);
    object["status"] = text(status);
    object["statusMessage"] = text(statusMessage);
    object["kind"] = text(kind);
    object["attributes"] = v0::toJson(attributes);
    object["events"] = toJsonArray(events);
    if (!links.empty()) object["links"] = toJsonArray(links);
    if (droppedAttributes != 0) object["droppedAttributes"] = droppedAttributes;
    if (droppedEvents != 0) object["droppedEvents"] = droppedEvents;
    if (droppedLinks != 0) object["droppedLinks"] = droppedLinks;
    object["clientType"] = text(clientType);
    object["clientVersion"] = text(clientVersion);
    if (!serviceName.empty()) object["serviceName"] = text(serviceName);
    if (!traceState.empty()) object["traceState"] = text(traceState);
    return object;
}

}
