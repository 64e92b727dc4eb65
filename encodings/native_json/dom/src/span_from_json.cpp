#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include <fmt/format.h>
#include <sidespan/client_type.h>
#include <sidespan/detail/finite.h>
#include <sidespan/detail/join.h>
#include <sidespan/encoding/utf8.h>
#include <sidespan/native_json/native_limits.h>
#include <sidespan/span.h>
#include <sidespan/span_id.h>
#include <sidespan/span_kind.h>
#include <sidespan/span_status.h>
#include <sidespan/trace_id.h>

#include "member.h"

namespace sidespan::inline v0 {
namespace {

namespace bj = boost::json;
using detail::Member;

constexpr std::uint64_t nanosPerMilli = 1'000'000;
// Times must fit a signed 64-bit column: up to the year 2262.
constexpr auto maxNanos = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
constexpr std::uint64_t maxMillis = maxNanos / nanosPerMilli;

// The value of a JSON number of any of its three kinds; nothing unless it is a whole number of at least 0.
std::optional<std::uint64_t> asUnsigned(const bj::value& value) {
    if (const auto* u = value.if_uint64()) return *u;
    if (const auto* i = value.if_int64(); i != nullptr && *i >= 0) return static_cast<std::uint64_t>(*i);
    if (const auto* d = value.if_double();
        d != nullptr && detail::isFinite(*d) && *d >= 0 && *d <= 0x1p53 && *d == std::floor(*d)) {
        return static_cast<std::uint64_t>(*d);
    }
    return std::nullopt;
}

std::uint64_t readUnsigned(const Member& member, std::uint64_t max, std::string_view what) {
    const auto number = member.isThere() ? asUnsigned(*member.value()) : std::nullopt;
    if (!number || *number > max) member.refuse(fmt::format("{} from 0 to {}", what, max));
    return *number;
}

// WIRE: 64-bit integers are decimal strings when written, string or number when read.
std::uint64_t readNanos(const Member& member) {
    if (!member.value()->is_string()) return readUnsigned(member, maxNanos, "Unix nanoseconds");
    std::string_view digits = member.asText("");
    const auto nanos = detail::takeDecimal(digits);
    if (!nanos || !digits.empty() || *nanos > maxNanos) {
        member.refuse(fmt::format("Unix nanoseconds from 0 to {} in decimal digits", maxNanos));
    }
    return *nanos;
}

struct Time {
    std::uint64_t nanos;
    std::int64_t millis;
};

// Either member is enough. If both are present they must agree.
Time readTime(const Member& span, std::string_view nanosName, std::string_view millisName) {
    const Member nanos = span[nanosName];
    const Member millis = span[millisName];
    if (!nanos.isThere()) {
        const auto value = readUnsigned(millis, maxMillis, "Unix milliseconds");
        return {value * nanosPerMilli, static_cast<std::int64_t>(value)};
    }
    const std::uint64_t value = readNanos(nanos);
    const std::uint64_t cut = value / nanosPerMilli;
    if (millis.isThere() && readUnsigned(millis, maxMillis, "Unix milliseconds") != cut) {
        millis.refuse(fmt::format("{} cut down to milliseconds, {}", nanosName, cut));
    }
    return {value, static_cast<std::int64_t>(cut)};
}

std::string readText(const Member& member) {
    if (!member.isThere()) return {};
    const auto right = fmt::format("text of at most {} bytes", NativeLimits::maxTextBytes);
    const std::string_view text = member.asText(right);
    if (text.size() > NativeLimits::maxTextBytes) member.refuse(right);
    return std::string(text);
}

std::string readName(const Member& member) {
    const auto right = fmt::format("text of 1 to {} characters", NativeLimits::maxNameLength);
    const std::string_view name = member.asText(right);
    if (name.empty() || countCodePoints(name) > NativeLimits::maxNameLength) member.refuse(right);
    return std::string(name);
}

std::string readClientVersion(const Member& member) {
    if (!member.isThere()) return {};
    const auto right = fmt::format("text of at most {} characters", NativeLimits::maxClientVersionLength);
    const std::string_view text = member.asText(right);
    if (countCodePoints(text) > NativeLimits::maxClientVersionLength) member.refuse(right);
    return std::string(text);
}

std::string readServiceName(const Member& member) {
    if (!member.isThere()) return {};
    const auto right = fmt::format("text of at most {} characters", NativeLimits::maxNameLength);
    const std::string_view text = member.asText(right);
    if (countCodePoints(text) > NativeLimits::maxNameLength) member.refuse(right);
    return std::string(text);
}

std::string readTraceId(const Member& member) {
    constexpr std::string_view right = "a trace id: a UUID or 32 hex digits, not all zero";
    const auto id = TraceId::parse(member.asText(right));
    if (!id) member.refuse(right);
    return id->toUuid();
}

std::string readSpanId(const Member& member) {
    constexpr std::string_view right = "a span id: 16 hex digits, not all zero";
    const auto id = SpanId::parse(member.asText(right));
    if (!id) member.refuse(right);
    return id->toHex();
}

std::string readParentSpanId(const Member& member, std::string_view own) {
    if (!member.isThere() || (member.value()->is_string() && member.value()->get_string().empty())) return {};
    std::string id = readSpanId(member);
    if (id == own) member.refuse("another span than the span itself");
    return id;
}

// Reads one of a few names. A missing member leaves `choice` unchanged.
template <class Parse>
void readChoice(const Member& member, Parse parse, std::string_view right, std::string& choice) {
    if (!member.isThere()) return;
    const std::string_view text = member.asText(right);
    if (!parse(text)) member.refuse(right);
    choice = std::string(text);
}

AttributeValue readScalar(const Member& member) {
    const bj::value& value = *member.value();
    switch (value.kind()) {
        case bj::kind::string:
            return readText(member);
        case bj::kind::bool_:
            return value.get_bool();
        case bj::kind::int64:
            return value.get_int64();
        case bj::kind::uint64:
            return static_cast<double>(value.get_uint64());
        case bj::kind::double_:
            if (!detail::isFinite(value.get_double())) member.refuse("a number that fits a double");
            return value.get_double();
        default:
            member.refuse("text, a number, true, false or an array of these");
    }
}

template <class T>
std::vector<T> elementsOf(const std::vector<AttributeValue>& values) {
    std::vector<T> elements;
    elements.reserve(values.size());
    for (const auto& value : values) {
        value.visit([&](const auto& content) {
            if constexpr (std::is_convertible_v<decltype(content), T>)
                elements.push_back(static_cast<T>(content));
        });
    }
    return elements;
}

// Integers and doubles together become doubles. Elements of other mixed types become texts.
AttributeValue readArrayAttribute(const Member& member) {
    std::vector<AttributeValue> values;
    for (const bj::value& value : member.asArray(NativeLimits::maxArraySize))
        values.push_back(readScalar(member.element(values.size(), value)));
    const auto areAll = [&](auto is) { return std::ranges::all_of(values, is); };
    if (areAll([](const auto& value) { return value.asBool() != nullptr; })) return elementsOf<bool>(values);
    if (areAll([](const auto& value) { return value.asInt() != nullptr; }))
        return elementsOf<std::int64_t>(values);
    if (areAll([](const auto& value) { return value.asInt() != nullptr || value.asDouble() != nullptr; }))
        return elementsOf<double>(values);
    std::vector<std::string> texts;
    texts.reserve(values.size());
    for (const auto& value : values) texts.push_back(toString(value));
    return texts;
}

AttributeValue readAttribute(const Member& member) {
    return member.value()->is_array() ? readArrayAttribute(member) : readScalar(member);
}

Attributes readAttributes(const Member& member) {
    Attributes attributes;
    if (!member.isThere()) return attributes;
    const auto& object = member.asObject();
    if (object.size() > NativeLimits::maxAttributes) {
        member.refuse(fmt::format("an object of at most {} members", NativeLimits::maxAttributes));
    }
    for (const auto& entry : object) {
        const std::string_view key(entry.key().data(), entry.key().size());
        const Member attribute = member.named(key, entry.value());
        if (key.empty() || countCodePoints(key) > NativeLimits::maxNameLength) {
            attribute.refuse(fmt::format("under a key of 1 to {} characters", NativeLimits::maxNameLength));
        }
        attributes.insert_or_assign(std::string(key), readAttribute(attribute));
    }
    return attributes;
}

std::uint32_t readCount(const Member& member) {
    if (!member.isThere()) return 0;
    return static_cast<std::uint32_t>(
        readUnsigned(member, std::numeric_limits<std::uint32_t>::max(), "a count"));
}

SpanEvent readEvent(const Member& member) {
    SpanEvent event;
    event.timeUnixNano = readTime(member, "timeUnixNano", "timestamp").nanos;
    event.name = readName(member["name"]);
    event.attributes = readAttributes(member["attributes"]);
    return event;
}

SpanLink readLink(const Member& member) {
    SpanLink link{readTraceId(member["traceId"]), readSpanId(member["spanId"]), 0, {}};
    link.flags = readCount(member["flags"]);
    link.attributes = readAttributes(member["attributes"]);
    return link;
}

template <class Read>
auto readArray(const Member& member, std::size_t maxSize, Read read) {
    std::vector<std::invoke_result_t<Read, const Member&>> items;
    if (!member.isThere()) return items;
    for (const bj::value& value : member.asArray(maxSize)) {
        items.push_back(read(member.element(items.size(), value)));
    }
    return items;
}

void readTimes(const Member& document, Span& span) {
    const Time start = readTime(document, "startTimeUnixNano", "startTimeMs");
    const Time end = readTime(document, "endTimeUnixNano", "endTimeMs");
    if (end.nanos < start.nanos) {
        const bool isInMillis = end.millis < start.millis && document["endTimeMs"].isThere();
        document[isInMillis ? "endTimeMs" : "endTimeUnixNano"].refuse("no earlier than the start");
    }
    span.startTimeUnixNano = start.nanos;
    span.startTimeMs = start.millis;
    span.endTimeUnixNano = end.nanos;
    span.endTimeMs = end.millis;
    const Member duration = document["durationMs"];
    span.durationMs =
        static_cast<std::int64_t>(duration.isThere() ? readUnsigned(duration, maxMillis, "milliseconds")
                                                     : (end.nanos - start.nanos) / nanosPerMilli);
}

}

Span Span::fromJson(const bj::value& json) {
    const Member document(json);
    Span span;
    span.traceId = readTraceId(document["traceId"]);
    span.spanId = readSpanId(document["spanId"]);
    span.parentSpanId = readParentSpanId(document["parentSpanId"], span.spanId);
    span.name = readName(document["name"]);
    readTimes(document, span);
    readChoice(document["status"], parseSpanStatus, "\"ok\", \"error\" or \"cancelled\"", span.status);
    span.statusMessage = readText(document["statusMessage"]);
    readChoice(document["kind"], parseSpanKind,
               "\"internal\", \"server\", \"client\", \"producer\", \"consumer\" or \"unspecified\"",
               span.kind);
    span.attributes = readAttributes(document["attributes"]);
    span.events = readArray(document["events"], NativeLimits::maxEvents, readEvent);
    span.links = readArray(document["links"], NativeLimits::maxLinks, readLink);
    span.droppedAttributes = readCount(document["droppedAttributes"]);
    span.droppedEvents = readCount(document["droppedEvents"]);
    span.droppedLinks = readCount(document["droppedLinks"]);
    readChoice(document["clientType"], parseClientType, "\"plugin\", \"web\", \"cli\" or \"server\"",
               span.clientType);
    span.clientVersion = readClientVersion(document["clientVersion"]);
    span.serviceName = readServiceName(document["serviceName"]);
    span.traceState = readText(document["traceState"]);
    return span;
}

}
