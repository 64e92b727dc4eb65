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

std::pair<std::string, bj::value> readKeyValue(ProtobufReader reader, int depth);

bj::value readValue(ProtobufReader reader, int depth) {
    if (depth > detail::deepestValue) reader.refuse("an attribute nested more than 16 deep");
    bj::value value;
    while (reader.next()) {
        switch (reader.field()) {
            case 1:
                value = reader.text();
                break;
            case 2:
                value = reader.varint() != 0;
                break;
            case 3:
                value = static_cast<std::int64_t>(reader.varint());
                break;
            case 4:
                value = detail::nativeDouble(std::bit_cast<double>(reader.fixed64()));
                break;
            case 5: {
                bj::array items;
                for (auto list = reader.message(); list.next();)
                    if (list.field() == 1) items.push_back(readValue(list.message(), depth + 1));
                value = std::move(items);
                break;
            }
            case 6: {
                bj::object members;
                for (auto list = reader.message(); list.next();) {
                    if (list.field() != 1) continue;
                    auto [key, member] = readKeyValue(list.message(), depth + 1);
                    members[key] = std::move(member);
                }
                value = std::move(members);
                break;
            }
            case 7:
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
        if (reader.field() == 1) key = reader.text();
        if (reader.field() == 2) value = readValue(reader.message(), depth);
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
        if (reader.field() == 1) time = reader.fixed64();
        if (reader.field() == 2) name = reader.text();
        if (reader.field() == 3) readAttribute(reader.message(), attributes);
    }
    return detail::nativeEvent(time, name, std::move(attributes));
}

detail::OtlpLink readLink(ProtobufReader reader) {
    detail::OtlpLink link;
    while (reader.next()) {
        if (reader.field() == 1) link.traceId = hexOf(reader.bytes());
        if (reader.field() == 2) link.spanId = hexOf(reader.bytes());
        if (reader.field() == 3) link.traceState = reader.text();
        if (reader.field() == 4) readAttribute(reader.message(), link.attributes);
        if (reader.field() == 6) link.flags = reader.fixed32();
    }
    return link;
}

void readStatus(ProtobufReader reader, OtlpSpan& span) {
    while (reader.next()) {
        if (reader.field() == 2) span.statusMessage = reader.text();
        if (reader.field() == 3) span.statusCode = reader.varint();
    }
}

OtlpSpan readSpan(ProtobufReader reader) {
    OtlpSpan span;
    while (reader.next()) {
        switch (reader.field()) {
            case 1:
                span.traceId = hexOf(reader.bytes());
                break;
            case 2:
                span.spanId = hexOf(reader.bytes());
                break;
            case 3:
                span.traceState = reader.text();
                break;
            case 4:
                span.parentSpanId = hexOf(reader.bytes());
                break;
            case 5:
                span.name = reader.text();
                break;
            case 6:
                span.kind = reader.varint();
                break;
            case 7:
                span.startUnixNano = reader.fixed64();
                break;
            case 8:
                span.endUnixNano = reader.fixed64();
                break;
            case 9:
                readAttribute(reader.message(), span.attributes);
                break;
            case 10:
                span.droppedAttributes = reader.varint();
                break;
            case 11:
                span.events.push_back(readEvent(reader.message()));
                break;
            case 12:
                span.droppedEvents = reader.varint();
                break;
            case 13:
                span.addLink(readLink(reader.message()));
                break;
            case 14:
                span.droppedLinks = reader.varint();
                break;
            case 15:
                readStatus(reader.message(), span);
                break;
            case 16:
                span.flags = reader.fixed32();
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
        if (reader.field() == 1) readAttribute(reader.message(), attributes);
    return attributes;
}

bj::object readScope(ProtobufReader reader) {
    std::string name;
    std::string version;
    bj::object attributes;
    while (reader.next()) {
        if (reader.field() == 1) name = reader.text();
        if (reader.field() == 2) version = reader.text();
        if (reader.field() == 3) readAttribute(reader.message(), attributes);
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
        if (reader.field() == 1) scope = readScope(reader.message());
    spans.setScope(std::move(scope));
    for (auto reader = scopeSpans; reader.next();)
        if (reader.field() == 2) takeSpan(reader, spans, takeText, texts);
}

// The resource may come after its spans, too.
void readResourceSpans(ProtobufReader reader, const TakeNativeSpan& take, const TakeSpanText& takeText,
                       const TakeResource& takeResource, detail::SpanTextReader& texts) {
    bj::object resource;
    std::vector<ProtobufReader> scopes;
    while (reader.next()) {
        if (reader.field() == 1) resource = readResource(reader.message());
        if (reader.field() == 2) scopes.push_back(reader.message());
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
        if (reader.field() == 1) readResourceSpans(reader.message(), take, takeText, takeResource, texts);
}

}
