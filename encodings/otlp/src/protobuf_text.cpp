#include <sidespan/otlp/otlp_protobuf.h>

#include <bit>
#include <cstdint>
#include <span>

#include <sidespan/detail/join.h>
#include <sidespan/encoding/detail/json_digits.h>
#include <sidespan/encoding/detail/json_text.h>
#include <sidespan/encoding/detail/protobuf.h>

// Converts a body to JSON for people to read, by a table of the messages. It is slow, since this text is
// never sent.
namespace sidespan::inline v0 {
namespace {

using detail::protobuf::Fields;

enum class Kind : std::uint8_t { message, text, hex, number, quotedNumber, integer, real, boolean };

struct Message;

struct Member {
    unsigned field;
    std::string_view name;
    Kind kind;
    const Message* message = nullptr;
    bool isRepeated = false;
};

struct Message {
    std::span<const Member> members;
};

// By the field numbers of opentelemetry-proto 1.x.
namespace messages {

extern const Message anyValue;

constexpr Member keyValueMembers[]{{1, "key", Kind::text}, {2, "value", Kind::message, &anyValue}};
constexpr Message keyValue{keyValueMembers};

constexpr Member listMembers[]{{1, "values", Kind::message, &anyValue, true}};
constexpr Message list{listMembers};

constexpr Member mapMembers[]{{1, "values", Kind::message, &keyValue, true}};
constexpr Message map{mapMembers};

constexpr Member anyValueMembers[]{
    {1, "stringValue", Kind::text},          {2, "boolValue", Kind::boolean},
    {3, "intValue", Kind::integer},          {4, "doubleValue", Kind::real},
    {5, "arrayValue", Kind::message, &list}, {6, "kvlistValue", Kind::message, &map}};
constexpr Message anyValue{anyValueMembers};

constexpr Member eventMembers[]{{1, "timeUnixNano", Kind::quotedNumber},
                                {2, "name", Kind::text},
                                {3, "attributes", Kind::message, &keyValue, true},
                                {4, "droppedAttributesCount", Kind::number}};
constexpr Message event{eventMembers};

constexpr Member linkMembers[]{{1, "traceId", Kind::hex},
                               {2, "spanId", Kind::hex},
                               {3, "traceState", Kind::text},
                               {4, "attributes", Kind::message, &keyValue, true},
                               {5, "droppedAttributesCount", Kind::number},
                               {6, "flags", Kind::number}};
constexpr Message link{linkMembers};

constexpr Member statusMembers[]{{2, "message", Kind::text}, {3, "code", Kind::number}};
constexpr Message status{statusMembers};

constexpr Member spanMembers[]{{1, "traceId", Kind::hex},
                               {2, "spanId", Kind::hex},
                               {3, "traceState", Kind::text},
                               {4, "parentSpanId", Kind::hex},
                               {16, "flags", Kind::number},
                               {5, "name", Kind::text},
                               {6, "kind", Kind::number},
                               {7, "startTimeUnixNano", Kind::quotedNumber},
                               {8, "endTimeUnixNano", Kind::quotedNumber},
                               {9, "attributes", Kind::message, &keyValue, true},
                               {10, "droppedAttributesCount", Kind::number},
                               {11, "events", Kind::message, &event, true},
                               {12, "droppedEventsCount", Kind::number},
                               {13, "links", Kind::message, &link, true},
                               {14, "droppedLinksCount", Kind::number},
                               {15, "status", Kind::message, &status}};
constexpr Message span{spanMembers};

constexpr Member scopeMembers[]{{1, "name", Kind::text},
                                {2, "version", Kind::text},
                                {3, "attributes", Kind::message, &keyValue, true},
                                {4, "droppedAttributesCount", Kind::number}};
constexpr Message scope{scopeMembers};

constexpr Member scopeSpansMembers[]{{1, "scope", Kind::message, &scope},
                                     {2, "spans", Kind::message, &span, true},
                                     {3, "schemaUrl", Kind::text}};
constexpr Message scopeSpans{scopeSpansMembers};

constexpr Member resourceMembers[]{{1, "attributes", Kind::message, &keyValue, true},
                                   {2, "droppedAttributesCount", Kind::number}};
constexpr Message resource{resourceMembers};

constexpr Member resourceSpansMembers[]{{1, "resource", Kind::message, &resource},
                                        {2, "scopeSpans", Kind::message, &scopeSpans, true},
                                        {3, "schemaUrl", Kind::text}};
constexpr Message resourceSpans{resourceSpansMembers};

constexpr Member requestMembers[]{{1, "resourceSpans", Kind::message, &resourceSpans, true}};
constexpr Message request{requestMembers};

}

std::string realOf(std::uint64_t bits) {
    char digits[detail::mostDoubleDigits];
    return {digits, detail::writeDouble(digits, std::bit_cast<double>(bits))};
}

std::string quoted(std::string_view text) {
    return detail::join({"\"", text, "\""});
}

std::string textOf(std::string_view body, const Message& message);

std::string valueOf(const Fields& fields, const Member& member) {
    switch (member.kind) {
        case Kind::message:
            return textOf(fields.bytes(), *member.message);
        case Kind::text:
            return quoted(detail::escaped(fields.bytes()));
        case Kind::hex:
            return quoted(detail::hexOf(fields.bytes()));
        case Kind::quotedNumber:
            return quoted(detail::decimal(fields.number()));
        case Kind::integer:
            return quoted(detail::decimal(static_cast<std::int64_t>(fields.number())));
        case Kind::real:
            return realOf(fields.number());
        case Kind::boolean:
            return fields.number() != 0 ? "true" : "false";
        case Kind::number:
            break;
    }
    return detail::decimal(fields.number());
}

// All values of one member. Other members may lie between them.
std::string memberOf(std::string_view body, const Member& member) {
    std::string values;
    for (Fields fields(body); fields.next();) {
        if (fields.field() != member.field) continue;
        if (!values.empty() && !member.isRepeated) break;
        values += detail::join({values.empty() ? "" : ",", valueOf(fields, member)});
    }
    if (values.empty()) return {};
    if (member.isRepeated) values = detail::join({"[", values, "]"});
    return detail::join({"\"", member.name, "\":", values});
}

std::string textOf(std::string_view body, const Message& message) {
    std::string members;
    for (const Member& member : message.members) {
        const auto text = memberOf(body, member);
        if (!text.empty()) members += detail::join({members.empty() ? "" : ",", text});
    }
    return detail::join({"{", members, "}"});
}

bool isWhole(std::string_view body) {
    Fields fields(body);
    while (fields.next()) {
    }
    return fields.problem().empty();
}

}

std::string OtlpProtobuf::toText(std::string_view body) {
    if (body.empty() || !isWhole(body)) return std::string(body);
    return textOf(body, messages::request);
}

}
