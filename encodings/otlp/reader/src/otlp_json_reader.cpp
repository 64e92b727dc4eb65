#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <sidespan/encoding/utf8.h>
#include <sidespan/json/parse_json.h>
#include <boost/system/error_code.hpp>

#include "native_span.h"

namespace sidespan::inline v0 {
namespace {

namespace bj = boost::json;
using detail::OtlpSpan;

[[noreturn]] void refuse(std::string_view member, std::string_view right) {
    throw std::invalid_argument(
        fmt::format("the body is not an OTLP request in JSON: \"{}\" must be {}", member, right));
}

// Null counts as absent, as it does for protobuf's own JSON.
const bj::value* find(const bj::object& object, std::string_view member) {
    const auto* value = object.if_contains(member);
    return value != nullptr && !value->is_null() ? value : nullptr;
}

const bj::object& asObject(const bj::value& value, std::string_view member) {
    if (!value.is_object()) refuse(member, "an object");
    return value.get_object();
}

template <class Each>
void forEach(const bj::object& object, std::string_view member, Each each) {
    const auto* list = find(object, member);
    if (list == nullptr) return;
    if (!list->is_array()) refuse(member, "an array of objects");
    for (const auto& item : list->get_array()) each(asObject(item, member));
}

std::string readText(const bj::object& object, std::string_view member) {
    const auto* value = find(object, member);
    if (value == nullptr) return {};
    if (!value->is_string()) refuse(member, "a string");
    return toValidUtf8(value->get_string());
}

// OTLP writes 64-bit integers as strings. A reader must also accept numbers, with an exponent or a fraction
// if they are whole.
template <class Integer>
std::optional<Integer> asInteger(const bj::value& value) {
    if (const auto* number = value.if_int64()) return static_cast<Integer>(*number);
    if (value.is_number()) {
        boost::system::error_code inexact;
        const auto number = value.to_number<Integer>(inexact);
        return inexact ? std::nullopt : std::optional(number);
    }
    if (!value.is_string()) return std::nullopt;
    const std::string_view digits = value.get_string();
    Integer number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return number;
}

std::uint64_t readUnsigned(const bj::object& object, std::string_view member) {
    const auto* value = find(object, member);
    if (value == nullptr) return 0;
    const auto number = asInteger<std::uint64_t>(*value);
    if (!number) refuse(member, "a whole number, or one in a string");
    return *number;
}

template <std::size_t N>
std::uint64_t readEnumeration(const bj::object& object, std::string_view member,
                              const std::array<std::string_view, N>& names) {
    const auto* value = find(object, member);
    if (value != nullptr && value->is_string()) {
        for (std::size_t i = 0; i < N; ++i)
            if (value->get_string() == names[i]) return i;
    }
    return readUnsigned(object, member);
}

constexpr std::array<std::string_view, 6> kindNames{"SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL",
                                                    "SPAN_KIND_SERVER",      "SPAN_KIND_CLIENT",
                                                    "SPAN_KIND_PRODUCER",    "SPAN_KIND_CONSUMER"};
constexpr std::array<std::string_view, 3> codeNames{"STATUS_CODE_UNSET", "STATUS_CODE_OK",
                                                    "STATUS_CODE_ERROR"};

bj::value readDouble(const bj::value& value) {
    if (value.is_number()) return detail::nativeDouble(value.to_number<double>());
    if (value.is_string()) {
        for (const std::string_view name : {"NaN", "Infinity", "-Infinity"})
            if (value.get_string() == name) return bj::string(name);
    }
    refuse("doubleValue", "a number, \"NaN\", \"Infinity\" or \"-Infinity\"");
}

bj::value readInteger(const bj::value& value) {
    if (const auto number = asInteger<std::int64_t>(value)) return *number;
    if (value.is_number()) return detail::nativeDouble(value.to_number<double>());
    refuse("intValue", "a whole number, or one in a string");
}

bj::value readValue(const bj::object& any, int depth);

bj::value readList(const bj::value& list, int depth) {
    bj::array items;
    forEach(asObject(list, "arrayValue"), "values",
            [&](const bj::object& item) { items.push_back(readValue(item, depth + 1)); });
    return items;
}

bj::value readMap(const bj::value& list, int depth) {
    bj::object members;
    forEach(asObject(list, "kvlistValue"), "values", [&](const bj::object& pair) {
        const auto* value = find(pair, "value");
        if (value != nullptr)
            members[readText(pair, "key")] = readValue(asObject(*value, "value"), depth + 1);
    });
    return members;
}

bj::value readValue(const bj::object& any, int depth) {
    if (depth > detail::deepestValue) refuse("value", "nested at most 16 deep");
    if (find(any, "stringValue") != nullptr) return bj::string(readText(any, "stringValue"));
    if (const auto* value = find(any, "intValue")) return readInteger(*value);
    if (const auto* value = find(any, "doubleValue")) return readDouble(*value);
    if (const auto* value = find(any, "boolValue")) {
        if (!value->is_bool()) refuse("boolValue", "true or false");
        return *value;
    }
    if (const auto* value = find(any, "arrayValue")) return readList(*value, depth);
    if (const auto* value = find(any, "kvlistValue")) return readMap(*value, depth);
    if (find(any, "bytesValue") != nullptr) return bj::string(readText(any, "bytesValue"));
    return nullptr;
}

bj::object readAttributes(const bj::object& object) {
    bj::object attributes;
    forEach(object, "attributes", [&](const bj::object& pair) {
        const auto* value = find(pair, "value");
        if (value != nullptr)
            detail::addAttribute(attributes, readText(pair, "key"), readValue(asObject(*value, "value"), 1));
    });
    return attributes;
}

bj::object readScope(const bj::object& scopeSpans) {
    const auto* scope = find(scopeSpans, "scope");
    if (scope == nullptr) return {};
    const auto& object = asObject(*scope, "scope");
    return detail::nativeScope(readText(object, "name"), readText(object, "version"), readAttributes(object));
}

OtlpSpan readSpan(const bj::object& json) {
    OtlpSpan span;
    span.traceId = readText(json, "traceId");
    span.spanId = readText(json, "spanId");
    span.parentSpanId = readText(json, "parentSpanId");
    span.traceState = readText(json, "traceState");
    span.flags = readUnsigned(json, "flags");
    span.name = readText(json, "name");
    span.kind = readEnumeration(json, "kind", kindNames);
    span.startUnixNano = readUnsigned(json, "startTimeUnixNano");
    span.endUnixNano = readUnsigned(json, "endTimeUnixNano");
    span.attributes = readAttributes(json);
    span.droppedAttributes = readUnsigned(json, "droppedAttributesCount");
    forEach(json, "events", [&](const bj::object& event) {
        span.events.push_back(detail::nativeEvent(readUnsigned(event, "timeUnixNano"),
                                                  readText(event, "name"), readAttributes(event)));
    });
    span.droppedEvents = readUnsigned(json, "droppedEventsCount");
    forEach(json, "links", [&](const bj::object& link) {
        span.addLink({.traceId = readText(link, "traceId"),
                      .spanId = readText(link, "spanId"),
                      .traceState = readText(link, "traceState"),
                      .flags = readUnsigned(link, "flags"),
                      .attributes = readAttributes(link)});
    });
    span.droppedLinks = readUnsigned(json, "droppedLinksCount");
    if (const auto* status = find(json, "status")) {
        const auto& object = asObject(*status, "status");
        span.statusCode = readEnumeration(object, "code", codeNames);
        span.statusMessage = readText(object, "message");
    }
    return span;
}

}

void readOtlpJson(std::string_view text, const TakeNativeSpan& take, const TakeResource& takeResource) {
    constexpr std::size_t deepest =
        64;  // sixteen levels of values, each three deep, within seven of messages
    const auto document = parseJson(text, JsonLimits{.maxDepth = deepest});
    if (!document.is_object())
        throw std::invalid_argument("the body is not an OTLP request in JSON: it must be an object");
    forEach(document.get_object(), "resourceSpans", [&](const bj::object& resourceSpans) {
        const auto* resource = find(resourceSpans, "resource");
        const auto attributes =
            resource != nullptr ? readAttributes(asObject(*resource, "resource")) : bj::object();
        if (takeResource) takeResource(attributes);
        detail::NativeSpans spans(attributes, take);
        forEach(resourceSpans, "scopeSpans", [&](const bj::object& scopeSpans) {
            spans.setScope(readScope(scopeSpans));
            forEach(scopeSpans, "spans", [&](const bj::object& span) { spans.take(readSpan(span)); });
        });
    });
}

}
