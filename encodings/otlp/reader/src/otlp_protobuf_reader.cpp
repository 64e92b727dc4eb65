#include <bit>
#include <stdexcept>
#include <utility>
#include <vector>

#include <sidespan/encoding/detail/json_digits.h>

#include "base64.h"
#include "native_span.h"
#include "protobuf_reader.h"
#include "span_text_reader.h"

namespace sidespan::inline v0 {
namespace {

namespace bj = boost::json;
using detail::hexOf;
using detail::OtlpSpan;
using detail::ProtobufReader;
using detail::protobuf::tagOf;
using enum detail::protobuf::WireType;

std::pair<std::string, bj::value> readKeyValue(ProtobufReader reader, int depth);

bj::value readValue(ProtobufReader reader, int depth) {
    if (depth > detail::deepestValue) reader.refuse("an attribute nested more than 16 deep");
    bj::value value;
    while (reader.next()) {
        switch (reader.tag()) {
            case tagOf(1, bytes):
                value = reader.text();
                break;
            case tagOf(2, varint):
                value = reader.number() != 0;
                break;
            case tagOf(3, varint):
                value = static_cast<std::int64_t>(reader.number());
                break;
            case tagOf(4, fixed64):
                value = detail::nativeDouble(std::bit_cast<double>(reader.number()));
                break;
            case tagOf(5, bytes): {
                bj::array items;
                for (auto list = reader.message(); list.next();)
                    if (list.is(1, bytes)) items.push_back(readValue(list.message(), depth + 1));
                value = std::move(items);
                break;
            }
            case tagOf(6, bytes): {
                bj::object members;
                for (auto list = reader.message(); list.next();) {
                    if (!list.is(1, bytes)) continue;
                    auto [key, member] = readKeyValue(list.message(), depth + 1);
                    members[key] = std::move(member);
                }
                value = std::move(members);
                break;
            }
            case tagOf(7, bytes):
                value = detail::toBase64(reader.bytes());
                break;
            default:
                break;
        }
    }
    return value;
}

std::pair<std::string, bj::value> readKeyValue(ProtobufReader reader, int depth) {
    std::string key;
    bj::value value;
    while (reader.next()) {
        if (reader.is(1, bytes)) key = reader.text();
        if (reader.is(2, bytes)) value = readValue(reader.message(), depth);
    }
    return {std::move(key), std::move(value)};
}

void readAttribute(ProtobufReader reader, bj::object& attributes) {
    auto [key, value] = readKeyValue(reader, 1);
    detail::addAttribute(attributes, key, std::move(value));
}

bj::object readEvent(ProtobufReader reader) {
    std::uint64_t time = 0;
    std::string name;
    bj::object attributes;
    while (reader.next()) {
        if (reader.is(1, fixed64)) time = reader.number();
        if (reader.is(2, bytes)) name = reader.text();
        if (reader.is(3, bytes)) readAttribute(reader.message(), attributes);
    }
    return detail::nativeEvent(time, name, std::move(attributes));
}

detail::OtlpLink readLink(ProtobufReader reader) {
    detail::OtlpLink link;
    while (reader.next()) {
        if (reader.is(1, bytes)) link.traceId = hexOf(reader.bytes());
        if (reader.is(2, bytes)) link.spanId = hexOf(reader.bytes());
        if (reader.is(3, bytes)) link.traceState = reader.text();
        if (reader.is(4, bytes)) readAttribute(reader.message(), link.attributes);
        if (reader.is(6, fixed32)) link.flags = reader.number();
    }
    return link;
}

void readStatus(ProtobufReader reader, OtlpSpan& span) {
    while (reader.next()) {
        if (reader.is(2, bytes)) span.statusMessage = reader.text();
        if (reader.is(3, varint)) span.statusCode = reader.number();
    }
}

OtlpSpan readSpan(ProtobufReader reader) {
    OtlpSpan span;
    while (reader.next()) {
        switch (reader.tag()) {
            case tagOf(1, bytes):
                span.traceId = hexOf(reader.bytes());
                break;
            case tagOf(2, bytes):
                span.spanId = hexOf(reader.bytes());
                break;
            case tagOf(3, bytes):
                span.traceState = reader.text();
                break;
            case tagOf(4, bytes):
                span.parentSpanId = hexOf(reader.bytes());
                break;
            case tagOf(5, bytes):
                span.name = reader.text();
                break;
            case tagOf(6, varint):
                span.kind = reader.number();
                break;
            case tagOf(7, fixed64):
                span.startUnixNano = reader.number();
                break;
            case tagOf(8, fixed64):
                span.endUnixNano = reader.number();
                break;
            case tagOf(9, bytes):
                readAttribute(reader.message(), span.attributes);
                break;
            case tagOf(10, varint):
                span.droppedAttributes = reader.number();
                break;
            case tagOf(11, bytes):
                span.events.push_back(readEvent(reader.message()));
                break;
            case tagOf(12, varint):
                span.droppedEvents = reader.number();
                break;
            case tagOf(13, bytes):
                span.addLink(readLink(reader.message()));
                break;
            case tagOf(14, varint):
                span.droppedLinks = reader.number();
                break;
            case tagOf(15, bytes):
                readStatus(reader.message(), span);
                break;
            case tagOf(16, fixed32):
                span.flags = reader.number();
                break;
            default:
                break;
        }
    }
    return span;
}

bj::object readResource(ProtobufReader reader) {
    bj::object attributes;
    while (reader.next())
        if (reader.is(1, bytes)) readAttribute(reader.message(), attributes);
    return attributes;
}

bj::object readScope(ProtobufReader reader) {
    std::string name;
    std::string version;
    bj::object attributes;
    while (reader.next()) {
        if (reader.is(1, bytes)) name = reader.text();
        if (reader.is(2, bytes)) version = reader.text();
        if (reader.is(3, bytes)) readAttribute(reader.message(), attributes);
    }
    return detail::nativeScope(name, version, std::move(attributes));
}

void takeSpan(const ProtobufReader& field, const detail::NativeSpans& spans, const TakeSpanText& takeText,
              detail::SpanTextReader& texts) {
    SpanText text;
    if (takeText && texts.read(field.bytes(), text))
        takeText(std::move(text), spans.source());
    else
        spans.take(readSpan(field.message()));
}

// The wire format has no fixed order, so the scope may come after its spans and is read first.
void readScopeSpans(const ProtobufReader& scopeSpans, detail::NativeSpans& spans,
                    const TakeSpanText& takeText, detail::SpanTextReader& texts) {
    bj::object scope;
    for (auto reader = scopeSpans; reader.next();)
        if (reader.is(1, bytes)) scope = readScope(reader.message());
    spans.setScope(std::move(scope));
    for (auto reader = scopeSpans; reader.next();)
        if (reader.is(2, bytes)) takeSpan(reader, spans, takeText, texts);
}

// The resource may come after its spans, too.
void readResourceSpans(ProtobufReader reader, const TakeNativeSpan& take, const TakeSpanText& takeText,
                       const TakeResource& takeResource, detail::SpanTextReader& texts) {
    bj::object resource;
    std::vector<ProtobufReader> scopes;
    while (reader.next()) {
        if (reader.is(1, bytes)) resource = readResource(reader.message());
        if (reader.is(2, bytes)) scopes.push_back(reader.message());
    }
    if (takeResource) takeResource(resource);
    detail::NativeSpans spans(resource, take);
    for (const auto& scope : scopes) readScopeSpans(scope, spans, takeText, texts);
}

}

void readOtlpProtobuf(std::string_view body, const TakeNativeSpan& take, const TakeSpanText& takeText,
                      const TakeResource& takeResource) {
    detail::SpanTextReader texts;
    ProtobufReader reader(body);
    while (reader.next())
        if (reader.is(1, bytes)) readResourceSpans(reader.message(), take, takeText, takeResource, texts);
}

}
