#include <sidespan/otlp/otlp_json.h>

#include <cstdint>
#include <utility>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/join.h>
#include <sidespan/detail/record/record.h>
#include <sidespan/encoding/detail/json_value.h>
#include <sidespan/encoding/detail/resource_attributes.h>
#include <sidespan/span_view.h>
#include <sidespan/version.h>

#include "otlp_span.h"
#include "record_rest.h"

namespace sidespan::inline v0 {
namespace {

using detail::endList;
using detail::escaped;
using detail::ItemType;
using detail::ItemWord;
using detail::loadAt;
using detail::wordAt;
using detail::writeConstant;
using detail::writeCount;
using detail::writeEscaped;
using detail::writeHex;
using detail::writeJson;
using detail::writePlain;

// The most bytes of text for each byte of an item. The worst cases are an attribute of 16 bytes with the
// longest key, and an array's bool of one byte. The bytes of the span item allow for what every span has,
// with the longest name.
constexpr std::size_t mostGrowth = 20;
static_assert(mostGrowth >= std::string_view(R"({"boolValue":false},)").size() &&
              detail::textSizeBytes * mostGrowth >= std::string_view(R"({"stringValue":""},)").size());
constexpr std::size_t longestKey = 255;
static_assert(16 * mostGrowth > longestKey + 64 &&
              24 * mostGrowth > longestKey + 64 + detail::mostDoubleDigits && 32 * mostGrowth > 256 &&
              mostGrowth > detail::mostEscaped && 64 * mostGrowth > longestKey + 512);

constexpr std::string_view tail = "]}]}]}";

char* writeQuotedNumber(char* to, std::uint64_t number) noexcept {
    *to = '"';
    to = detail::writeUnsigned(to + 1, number);
    *to = '"';
    return to + 1;
}

// Writes what is between the braces of `"value":{…}`. So do all functions of this name.
char* writeValue(char* to, std::string_view text) noexcept {
    return writeJson(writeConstant(to, "\"stringValue\":"), text);
}
char* writeValue(char* to, std::int64_t number) noexcept {
    to = writeConstant(to, "\"intValue\":\"");
    return writeConstant(detail::writeSigned(to, number), "\"");
}
char* writeValue(char* to, double number) noexcept {
    return writeJson(writeConstant(to, "\"doubleValue\":"), number);
}
char* writeValue(char* to, bool value) noexcept {
    return writeJson(writeConstant(to, "\"boolValue\":"), value);
}
char* writeValue(char* to, const AttributeArrayView& array) noexcept {
    to = writeConstant(to, "\"arrayValue\":{\"values\":[");
    array.forEach([&](auto element) {
        *to = '{';
        to = writeConstant(writeValue(to + 1, element), "},");
    });
    return writeConstant(endList(to, ']'), "}");
}

char* writeValue(char* to, const std::byte* item, ItemWord word) noexcept {
    switch (word.type()) {
        case ItemType::integer:
            return writeValue(to, loadAt<std::int64_t>(item + 16));
        case ItemType::real:
            return writeValue(to, loadAt<double>(item + 16));
        case ItemType::boolean:
            return writeValue(to, loadAt<std::uint64_t>(item + 16) != 0);
        case ItemType::array:
            return writeValue(to, detail::decodeArray(item));
        default:
            return writeValue(to, std::string_view(reinterpret_cast<const char*>(item + 16), word.length()));
    }
}

char* writeKey(char* to, std::string_view key) noexcept {
    to = writeConstant(to, "{\"key\":\"");
    to = writePlain(to, key);
    return writeConstant(to, "\",\"value\":{");
}

char* writeAttribute(char* to, const std::byte* item, ItemWord word) noexcept {
    to = writeKey(to, {loadAt<const char*>(item + 8), word.keyLength()});
    return writeConstant(writeValue(to, item, word), "}},");
}

// `,"attributes":[…]` of an event or a link. They follow it; attributes of the span may lie between them.
template <class Decoder>
char* writePartAttributes(char* to, const std::byte* item, const std::byte* end) noexcept {
    to = writeConstant(to, ",\"attributes\":[");
    for (; item != end; item += wordAt(item).size()) {
        const ItemWord word = wordAt(item);
        if (Decoder::ends(word)) break;
        if (Decoder::accepts(word)) to = writeAttribute(to, item, word);
    }
    return endList(to, ']');
}

char* writeEvent(char* to, const std::byte* item, const std::byte* end) noexcept {
    const ItemWord word = wordAt(item);
    to = writeQuotedNumber(writeConstant(to, "{\"timeUnixNano\":"), loadAt<std::uint64_t>(item + 16));
    to = writeConstant(to, ",\"name\":\"");
    to = writePlain(to, {loadAt<const char*>(item + 8), word.keyLength()});
    to = writeConstant(to, "\"");
    to = writePartAttributes<detail::EventAttributeDecoder>(to, item + word.size(), end);
    return writeConstant(to, "},");
}

char* writeEvents(char* to, const std::byte* item, const std::byte* end) noexcept {
    if (item == end) return to;
    to = writeConstant(to, ",\"events\":[");
    for (; item != end; item += wordAt(item).size())
        if (wordAt(item).type() == ItemType::event) to = writeEvent(to, item, end);
    return endList(to, ']');
}

char* writeLinks(char* to, const std::byte* item, const std::byte* end) noexcept {
    if (item == end) return to;
    to = writeConstant(to, ",\"links\":[");
    for (; item != end; item += wordAt(item).size()) {
        const ItemWord word = wordAt(item);
        if (word.type() != ItemType::link) continue;
        to = writeConstant(to, "{\"traceId\":\"");
        to = writeHex(to, loadAt<std::uint64_t>(item + 8), loadAt<std::uint64_t>(item + 16));
        to = writeConstant(to, "\",\"spanId\":\"");
        to = writeConstant(writeHex(to, loadAt<std::uint64_t>(item + 24)), "\",\"flags\":");
        to = detail::writeUnsigned(to, word.length());
        to = writePartAttributes<detail::LinkAttributeDecoder>(to, item + word.size(), end);
        to = writeConstant(to, "},");
    }
    return endList(to, ']');
}

char* writeDropped(char* to, const detail::DroppedCounts& dropped) noexcept {
    to = writeCount(to, ",\"droppedAttributesCount\":", dropped.attributes);
    to = writeCount(to, ",\"droppedEventsCount\":", dropped.events);
    return writeCount(to, ",\"droppedLinksCount\":", dropped.links);
}

char* writeStatus(char* to, SpanStatus status, std::string_view message) noexcept {
    if (status == SpanStatus::unset) return to;
    to = detail::writeUnsigned(writeConstant(to, ",\"status\":{\"code\":"), detail::otlpStatusCode(status));
    if (isFailure(status) && !message.empty()) to = writeJson(writeConstant(to, ",\"message\":"), message);
    return writeConstant(to, "}");
}

SIDESPAN_COLD char* writeTraceState(char* to, SpanView span) noexcept {
    const std::string_view state = span.traceState();
    return state.empty() ? to : writeJson(writeConstant(to, ",\"traceState\":"), state);
}

char* writeHead(char* to, SpanView span) noexcept {
    to = writeConstant(to, "{\"traceId\":\"");
    to = writeHex(to, span.traceId().high(), span.traceId().low());
    to = writeConstant(to, "\",\"spanId\":\"");
    to = writeHex(to, span.spanId().value());
    if (span.parentSpanId().isValid()) {
        to = writeConstant(to, "\",\"parentSpanId\":\"");
        to = writeHex(to, span.parentSpanId().value());
    }
    to = writeConstant(to, "\",\"flags\":");
    to = detail::writeUnsigned(to, detail::otlpFlags(span));
    to = writeConstant(to, ",\"name\":\"");
    to = span.hasLiteralName() ? writePlain(to, span.literalName()) : writeEscaped(to, span.name());
    to = writeConstant(to, "\",\"kind\":");
    to = detail::writeUnsigned(to, static_cast<std::uint64_t>(span.kind()));
    to = writeQuotedNumber(writeConstant(to, ",\"startTimeUnixNano\":"), span.startUnixNano());
    to = writeQuotedNumber(writeConstant(to, ",\"endTimeUnixNano\":"), span.endUnixNano());
    return writeConstant(to, ",\"attributes\":[");
}

char* writeSpan(char* to, SpanView span) noexcept {
    to = writeHead(to, span);
    const std::byte* const end = span.record().data() + span.sizeBytes();
    detail::RecordRest rest(end);
    for (const std::byte* item = span.record().data() + sizeof(detail::SpanItem); item != end;
         item += wordAt(item).size()) {
        const ItemWord word = wordAt(item);
        if (detail::SpanAttributeDecoder::accepts(word)) {
            to = writeAttribute(to, item, word);
        } else {
            rest.note(item, word.type());
        }
    }
    if (span.status() == SpanStatus::cancelled)
        to = writeConstant(writeKey(to, detail::statusKey), "\"stringValue\":\"cancelled\"}},");
    to = endList(to, ']');
    if (!rest.isEmpty) {
        to = writeTraceState(to, span);
        to = writeEvents(to, rest.firstEvent, end);
        to = writeLinks(to, rest.firstLink, end);
        to = writeDropped(to, rest.dropped);
    }
    return writeConstant(writeStatus(to, span.status(), rest.statusMessage), "}");
}

std::size_t mostBytes(SpanView span) noexcept {
    return span.sizeBytes() * mostGrowth + detail::blockSize;
}

std::string anyValue(const AttributeValue& value) {
    if (value.isArray()) {
        const auto list = detail::listOf(value, [](std::string& values, const AttributeValue& element) {
            values += detail::join({values.empty() ? "{" : ",{", anyValue(element), "}"});
        });
        return detail::join({"\"arrayValue\":{\"values\":[", list, "]}"});
    }
    const auto json = detail::jsonOf(value);
    if (value.isString()) return detail::join({"\"stringValue\":", json});
    if (value.asInt() != nullptr) return detail::join({"\"intValue\":\"", json, "\""});
    return detail::join({value.asDouble() != nullptr ? "\"doubleValue\":" : "\"boolValue\":", json});
}

}

void OtlpJson::setResource(const Resource& resource) {
    if (!head_.empty() && detail::isSame(resource_, resource)) return;
    std::string attributes;
    detail::forEachResourceAttribute(resource, [&](std::string_view key, const AttributeValue& value) {
        attributes += detail::join({attributes.empty() ? "" : ",", "{\"key\":\"", escaped(key),
                                    "\",\"value\":{", anyValue(value), "}}"});
    });
    auto head = detail::join({"{\"resourceSpans\":[{\"resource\":{\"attributes\":[", attributes,
                              "]},\"scopeSpans\":[{\"scope\":{\"name\":\"", detail::scopeName,
                              "\",\"version\":\"", version, "\"},\"spans\":["});
    detail::copy(resource, resource_);
    head_ = std::move(head);
}

void OtlpJson::open(TextBuffer& out, const Resource& resource) {
    setResource(resource);
    isFirst_ = true;
    out.append(head_);
}

void OtlpJson::append(TextBuffer& out, SpanView span) {
    char* to = out.reserve(mostBytes(span));
    *to = ',';
    to += isFirst_ ? 0 : 1;
    isFirst_ = false;
    out.advanceTo(writeSpan(to, span));
}

void OtlpJson::close(TextBuffer& out) {
    out.append(tail);
}

void OtlpJson::appendObject(TextBuffer& out, SpanView span, const Resource& resource) {
    open(out, resource);
    append(out, span);
    close(out);
}

}
