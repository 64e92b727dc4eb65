#include <string_view>
#include <type_traits>

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

bj::value toJson(const AttributeValue& attribute) {
    return attribute.visit([](const auto& value) -> bj::value {
        using Value = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, std::string>) {
            return text(value);
        } else if constexpr (std::is_same_v<Value, double>) {
            if (!detail::isFinite(value)) return text(nameOfNonFinite(value));
            return value;
        } else {
            return value;
        }
    });
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
    return {{"traceId", text(link.traceId)}, {"spanId", text(link.spanId)}};
}

template <class Items>
bj::array toJsonArray(const Items& items) {
    bj::array array;
    array.reserve(items.size());
    for (const auto& item : items) array.emplace_back(toJson(item));
    return array;
}

// A span that was given milliseconds alone, as older code does, has no nanoseconds to write.
void addNanos(bj::object& object, std::string_view name, std::uint64_t nanos, std::int64_t millis) {
    if (nanos != 0 || millis == 0) object[name] = decimal(nanos);
}

}

bj::value Span::toJson() const {
    bj::object object;
    object.reserve(21);
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
    return object;
}

}
