#include <sidespan/otlp_writer/otlp_writer.h>

#include <bit>
#include <cstdint>
#include <optional>
#include <string_view>

#include <sidespan/detail/join.h>
#include <sidespan/encoding/detail/otlp_lengths.h>
#include <sidespan/encoding/detail/otlp_status.h>
#include <sidespan/encoding/detail/protobuf.h>
#include <sidespan/encoding/utf8.h>
#include <sidespan/span_id.h>
#include <sidespan/span_kind.h>
#include <sidespan/trace_id.h>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

namespace sidespan::inline v0 {
namespace {

namespace bj = boost::json;

using detail::protobuf::appendBytesField;
using detail::protobuf::appendNumberField;
using detail::protobuf::appendVarint;
using detail::protobuf::tagOf;
using detail::protobuf::WireType;

// Field numbers of opentelemetry-proto 1.x.
constexpr unsigned resourceSpansField = 1;
constexpr unsigned resourceField = 1;
constexpr unsigned scopeSpansField = 2;
constexpr unsigned scopeField = 1;
constexpr unsigned spansField = 2;

// A message under construction.
class Message {
public:
    void varint(unsigned field, std::uint64_t value) { appendNumberField(content_, field, value); }
    void fixed64(unsigned field, std::uint64_t value) { fixed(field, WireType::fixed64, value, 8); }
    void fixed32(unsigned field, std::uint32_t value) { fixed(field, WireType::fixed32, value, 4); }
    void bytes(unsigned field, std::string_view value) { appendBytesField(content_, field, value); }
    void text(unsigned field, std::string_view value) {
        if (!value.empty()) bytes(field, toValidUtf8(value));
    }
    void count(unsigned field, std::uint64_t value) {
        if (value != 0) varint(field, value);
    }
    void message(unsigned field, const Message& value) { bytes(field, value.content_); }
    // Begins a message that lasts to the end and whose length is filled in later.
    void openMessage(unsigned field) { detail::appendOpenOtlpMessage(content_, field); }
    void append(std::string_view fields) { content_ += fields; }

    [[nodiscard]] const std::string& content() const noexcept { return content_; }

private:
    void fixed(unsigned field, WireType type, std::uint64_t value, unsigned size) {
        appendVarint(content_, tagOf(field, type));
        for (unsigned i = 0; i < size; ++i) content_ += static_cast<char>(value >> (8 * i));
    }

    std::string content_;
};

std::string_view textOf(const bj::object& object, std::string_view member) {
    const auto* value = object.if_contains(member);
    return value != nullptr && value->is_string() ? std::string_view(value->get_string())
                                                  : std::string_view();
}

// A number, or a number in decimal text; 0 if it is neither.
std::uint64_t numberOf(const bj::object& object, std::string_view member) {
    const auto* value = object.if_contains(member);
    if (value == nullptr) return 0;
    if (value->is_int64() && value->get_int64() >= 0) return static_cast<std::uint64_t>(value->get_int64());
    if (value->is_uint64()) return value->get_uint64();
    if (value->is_double() && value->get_double() >= 0 && value->get_double() < 9.2e18)
        return static_cast<std::uint64_t>(value->get_double());
    std::string_view text = textOf(object, member);
    return detail::takeDecimal(text).value_or(0);
}

template <class Take>
void forEachObject(const bj::object& object, std::string_view member, Take take) {
    const auto* list = object.if_contains(member);
    if (list == nullptr || !list->is_array()) return;
    for (const auto& item : list->get_array())
        if (item.is_object()) take(item.get_object());
}

std::string bigEndian(std::uint64_t value) {
    std::string bytes;
    for (unsigned shift = 64; shift != 0;) bytes += static_cast<char>(value >> (shift -= 8));
    return bytes;
}

void writeTraceId(Message& to, unsigned field, std::string_view text) {
    if (const auto id = TraceId::parse(text)) to.bytes(field, bigEndian(id->high()) + bigEndian(id->low()));
}

void writeSpanId(Message& to, unsigned field, std::string_view text) {
    if (const auto id = SpanId::parse(text)) to.bytes(field, bigEndian(id->value()));
}

Message keyValue(std::string_view key, const bj::value& value);

Message anyValue(const bj::value& value) {
    Message any;
    if (value.is_string()) any.bytes(1, toValidUtf8(std::string_view(value.get_string())));
    if (value.is_bool()) any.varint(2, value.get_bool() ? 1 : 0);
    if (value.is_int64()) any.varint(3, static_cast<std::uint64_t>(value.get_int64()));
    if (value.is_uint64()) any.fixed64(4, std::bit_cast<std::uint64_t>(value.to_number<double>()));
    if (value.is_double()) any.fixed64(4, std::bit_cast<std::uint64_t>(value.get_double()));
    if (value.is_array()) {
        Message list;
        for (const auto& item : value.get_array()) list.message(1, anyValue(item));
        any.message(5, list);
    }
    if (value.is_object()) {
        Message members;
        for (const auto& [key, member] : value.get_object()) members.message(1, keyValue(key, member));
        any.message(6, members);
    }
    return any;
}

Message keyValue(std::string_view key, const bj::value& value) {
    Message pair;
    pair.text(1, key);
    pair.message(2, anyValue(value));
    return pair;
}

void writeAttributes(Message& to, unsigned field, const bj::object& owner) {
    const auto* attributes = owner.if_contains("attributes");
    if (attributes == nullptr || !attributes->is_object()) return;
    for (const auto& [key, value] : attributes->get_object()) to.message(field, keyValue(key, value));
}

void writeFlags(Message& to, unsigned field, const bj::object& owner) {
    if (const auto flags = numberOf(owner, "flags"); flags != 0)
        to.fixed32(field, static_cast<std::uint32_t>(flags));
}

Message eventMessage(const bj::object& event) {
    Message message;
    constexpr std::uint64_t nanosPerMilli = 1'000'000;
    const bool isExact = event.contains("timeUnixNano");
    message.fixed64(1,
                    isExact ? numberOf(event, "timeUnixNano") : numberOf(event, "timestamp") * nanosPerMilli);
    message.text(2, textOf(event, "name"));
    writeAttributes(message, 3, event);
    return message;
}

Message linkMessage(const bj::object& link) {
    Message message;
    writeTraceId(message, 1, textOf(link, "traceId"));
    writeSpanId(message, 2, textOf(link, "spanId"));
    message.text(3, textOf(link, "traceState"));
    writeAttributes(message, 4, link);
    writeFlags(message, 6, link);
    return message;
}

Message scopeMessage(const bj::object& scope) {
    Message message;
    message.text(1, textOf(scope, "name"));
    message.text(2, textOf(scope, "version"));
    writeAttributes(message, 3, scope);
    return message;
}

// A span that is "ok" gets no status unless the readers found one: OTLP reserves `OK` for spans that a user
// marked.
void writeStatus(Message& to, const bj::object& span) {
    const auto status = textOf(span, "status");
    if (status == "cancelled") to.message(9, keyValue(detail::statusKey, "cancelled"));
    const bool hasFailed = status == "error" || status == "cancelled";
    if (!hasFailed && numberOf(span, "statusCode") != detail::otlpOkCode) return;
    Message message;
    if (hasFailed) message.text(2, textOf(span, "statusMessage"));
    message.varint(3, hasFailed ? detail::otlpErrorCode : detail::otlpOkCode);
    to.message(15, message);
}

Message spanMessage(const bj::object& span) {
    const auto kind = parseSpanKind(textOf(span, "kind")).value_or(SpanKind::internal);
    Message message;
    writeTraceId(message, 1, textOf(span, "traceId"));
    writeSpanId(message, 2, textOf(span, "spanId"));
    message.text(3, textOf(span, "traceState"));
    writeSpanId(message, 4, textOf(span, "parentSpanId"));
    message.text(5, textOf(span, "name"));
    message.varint(6, static_cast<std::uint64_t>(kind));
    message.fixed64(7, numberOf(span, "startTimeUnixNano"));
    message.fixed64(8, numberOf(span, "endTimeUnixNano"));
    writeAttributes(message, 9, span);
    message.count(10, numberOf(span, "droppedAttributes"));
    forEachObject(span, "events", [&](const bj::object& event) { message.message(11, eventMessage(event)); });
    message.count(12, numberOf(span, "droppedEvents"));
    forEachObject(span, "links", [&](const bj::object& link) { message.message(13, linkMessage(link)); });
    message.count(14, numberOf(span, "droppedLinks"));
    writeStatus(message, span);
    writeFlags(message, 16, span);
    return message;
}

}

OtlpWriter::OtlpWriter(const bj::object& attributes, const bj::object& scope) {
    Message resource;
    for (const auto& [key, value] : attributes) resource.message(1, keyValue(key, value));
    Message resourceMember;
    resourceMember.message(resourceField, resource);
    resource_ = resourceMember.content();
    Message scopeMember;
    scopeMember.message(scopeField, scopeMessage(scope));
    scope_ = scopeMember.content();
}

void OtlpWriter::appendHead(TextBuffer& out) const {
    Message head;
    head.openMessage(resourceSpansField);
    head.append(resource_);
    head.openMessage(scopeSpansField);
    head.append(scope_);
    out.append(head.content());
}

void OtlpWriter::appendSpan(TextBuffer& out, const bj::object& span) {
    Message member;
    member.message(spansField, spanMessage(span));
    out.append(member.content());
}

void OtlpWriter::appendWhole(TextBuffer& out, const bj::object& span) const {
    Message scopeSpans;
    scopeSpans.append(scope_);
    scopeSpans.message(spansField, spanMessage(span));
    Message resourceSpans;
    resourceSpans.message(scopeSpansField, scopeSpans);  // first: fixOtlpLengths() leaves this form unchanged
    resourceSpans.append(resource_);
    Message request;
    request.message(resourceSpansField, resourceSpans);
    out.append(request.content());
}

void OtlpWriter::fixLengths(char* body, std::size_t size) noexcept {
    detail::fixOtlpLengths(body, size);
}

}
