#include <sidespan/otlp/otlp_protobuf.h>

#include <bit>
#include <cstdint>
#include <cstring>

#include <sidespan/detail/record/record.h>
#include <sidespan/encoding/detail/is_ascii.h>
#include <sidespan/encoding/detail/otlp_lengths.h>
#include <sidespan/encoding/detail/resource_attributes.h>
#include <sidespan/encoding/utf8.h>
#include <sidespan/span_view.h>
#include <sidespan/version.h>

#include "otlp_span.h"
#include "protobuf_writer.h"
#include "record_rest.h"

namespace sidespan::inline v0 {
namespace {

using namespace detail::protobuf;
using detail::ItemType;
using detail::ItemWord;
using detail::loadAt;
using detail::wordAt;

// Field numbers of opentelemetry-proto 1.x.
namespace request {
constexpr unsigned resourceSpans = 1;
}
namespace resource_spans {
constexpr unsigned resource = 1, scopeSpans = 2;
}
namespace scope_spans {
constexpr unsigned scope = 1, spans = 2;
}
namespace scope {
constexpr unsigned name = 1, version = 2;
}
namespace resource_message {
constexpr unsigned attributes = 1;
}
namespace span_message {
constexpr unsigned traceId = 1, spanId = 2, traceState = 3, parentSpanId = 4, name = 5, kind = 6, start = 7,
                   end = 8, attributes = 9, droppedAttributes = 10, events = 11, droppedEvents = 12,
                   links = 13, droppedLinks = 14, status = 15, flags = 16;
}
namespace event_message {
constexpr unsigned time = 1, name = 2, attributes = 3;
}
namespace link_message {
constexpr unsigned traceId = 1, spanId = 2, attributes = 4, flags = 6;
}
namespace status_message {
constexpr unsigned message = 2, code = 3;
}
namespace key_value {
constexpr unsigned key = 1, value = 2;
}
namespace any_value {
constexpr unsigned text = 1, boolean = 2, integer = 3, real = 4, array = 5;
}
namespace array_value {
constexpr unsigned values = 1;
}

// The bytes of a length that is filled in later. The message of a 4 KiB record has less than 2 MiB.
constexpr std::size_t spanLengthSize = 3;

// The most bytes of output for each byte of an item. The worst case is an empty text of 16 bytes with a key
// of 255. The bytes of the span item allow for what every span has.
constexpr std::size_t mostGrowth = 18;
constexpr std::size_t longestKey = 255;
static_assert(16 * mostGrowth > longestKey + 32 && 64 * mostGrowth > longestKey + 128);
static_assert(detail::maxRecordBytes * mostGrowth < std::size_t{1} << (7 * spanLengthSize));

std::string_view textAt(const std::byte* at, std::size_t length) noexcept {
    return {reinterpret_cast<const char*>(at), length};
}

SIDESPAN_COLD std::size_t repairedSize(std::string_view text) noexcept {
    std::size_t size = 0;
    while (!text.empty()) {
        const auto sequence = utf8SequenceAt(text);
        size += sequence.isValid ? sequence.size : replacementCharacter.size();
        text.remove_prefix(sequence.size);
    }
    return size;
}

SIDESPAN_COLD char* writeRepaired(char* to, std::string_view text) noexcept {
    while (!text.empty()) {
        const auto sequence = utf8SequenceAt(text);
        const auto from = sequence.isValid ? text.substr(0, sequence.size) : replacementCharacter;
        std::memcpy(to, from.data(), from.size());
        to += from.size();
        text.remove_prefix(sequence.size);
    }
    return to;
}

// A text whose length is known before it is written, even if it must be repaired.
class Text {
public:
    explicit Text(std::string_view text) noexcept
        : text_(text), isPlain_(detail::isAscii(text)), size_(isPlain_ ? text.size() : repairedSize(text)) {}

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    char* writeField(char* to, unsigned field) const noexcept {
        to = writeVarint(writeTag(to, field, WireType::bytes), size_);
        return isPlain_ ? detail::writePlain(to, text_) : writeRepaired(to, text_);
    }

private:
    std::string_view text_;
    bool isPlain_;
    std::size_t size_;
};

// A message whose length is filled in at its end.
class OpenMessage {
public:
    OpenMessage(char*& to, unsigned field) noexcept : to_(to) {
        to = writeTag(to, field, WireType::bytes);
        begin_ = to;
        to += spanLengthSize;
    }
    ~OpenMessage() {
        writePaddedLength<spanLengthSize>(begin_, static_cast<std::size_t>(to_ - begin_) - spanLengthSize);
    }
    OpenMessage(const OpenMessage&) = delete;
    OpenMessage& operator=(const OpenMessage&) = delete;

private:
    char*& to_;
    char* begin_;
};

inline char* writeKeyValueHead(char* to, unsigned field, std::string_view key,
                               std::size_t valueSize) noexcept {
    to = writeTag(to, field, WireType::bytes);
    to = writeVarint(to, bytesFieldSize(key.size()) + bytesFieldSize(valueSize));
    to = writeBytesField(to, key_value::key, key);
    return writeVarint(writeTag(to, key_value::value, WireType::bytes), valueSize);
}

inline char* writeTextAttribute(char* to, unsigned field, std::string_view key,
                                std::string_view value) noexcept {
    const Text text(value);
    to = writeKeyValueHead(to, field, key, bytesFieldSize(text.size()));
    return text.writeField(to, any_value::text);
}

// Each element is a message with its own size.
char* writeElementHead(char* to, std::size_t size) noexcept {
    return writeVarint(writeTag(to, array_value::values, WireType::bytes), size);
}
char* writeElement(char* to, std::string_view element) noexcept {
    const Text text(element);
    return text.writeField(writeElementHead(to, bytesFieldSize(text.size())), any_value::text);
}
char* writeElement(char* to, std::int64_t element) noexcept {
    const auto bits = static_cast<std::uint64_t>(element);
    return writeVarintField(writeElementHead(to, 1 + varintSize(bits)), any_value::integer, bits);
}
char* writeElement(char* to, double element) noexcept {
    return writeFixed64Field(writeElementHead(to, 9), any_value::real, std::bit_cast<std::uint64_t>(element));
}
char* writeElement(char* to, bool element) noexcept {
    return writeVarintField(writeElementHead(to, 2), any_value::boolean, element ? 1 : 0);
}

SIDESPAN_COLD char* writeArrayAttribute(char* to, unsigned field, std::string_view key,
                                        const AttributeArrayView& array) noexcept {
    const OpenMessage pair(to, field);
    to = writeBytesField(to, key_value::key, key);
    const OpenMessage value(to, key_value::value);
    const OpenMessage list(to, any_value::array);
    array.forEach([&](auto element) { to = writeElement(to, element); });
    return to;
}

inline char* writeAttribute(char* to, unsigned field, const std::byte* item, ItemWord word) noexcept {
    const std::string_view key{loadAt<const char*>(item + 8), word.keyLength()};
    if (word.type() == ItemType::text) [[likely]]
        return writeTextAttribute(to, field, key, textAt(item + 16, word.length()));
    switch (word.type()) {
        case ItemType::integer: {
            const auto value = loadAt<std::uint64_t>(item + 16);
            to = writeKeyValueHead(to, field, key, 1 + varintSize(value));
            return writeVarintField(to, any_value::integer, value);
        }
        case ItemType::real:
            to = writeKeyValueHead(to, field, key, 9);
            return writeFixed64Field(to, any_value::real, loadAt<std::uint64_t>(item + 16));
        case ItemType::array:
            return writeArrayAttribute(to, field, key, detail::decodeArray(item));
        default:
            to = writeKeyValueHead(to, field, key, 2);
            return writeVarintField(to, any_value::boolean, loadAt<std::uint64_t>(item + 16) != 0 ? 1 : 0);
    }
}

// Trace ids have 16 bytes, span ids 8.
char* writeTraceId(char* to, unsigned field, std::uint64_t high, std::uint64_t low) noexcept {
    to = writeTag(to, field, WireType::bytes);
    *to++ = 16;
    return writeBigEndian(writeBigEndian(to, high), low);
}

char* writeSpanId(char* to, unsigned field, std::uint64_t id) noexcept {
    to = writeTag(to, field, WireType::bytes);
    *to++ = 8;
    return writeBigEndian(to, id);
}

// The attributes of an event or a link. They follow it; attributes of the span may lie between them.
template <class Decoder>
char* writePartAttributes(char* to, unsigned field, const std::byte* item, const std::byte* end) noexcept {
    for (; item != end; item += wordAt(item).size()) {
        const ItemWord word = wordAt(item);
        if (Decoder::ends(word)) break;
        if (Decoder::accepts(word)) to = writeAttribute(to, field, item, word);
    }
    return to;
}

char* writeEvent(char* to, const std::byte* item, const std::byte* end) noexcept {
    const OpenMessage message(to, span_message::events);
    const ItemWord word = wordAt(item);
    to = writeFixed64Field(to, event_message::time, loadAt<std::uint64_t>(item + 16));
    to = writeBytesField(to, event_message::name, {loadAt<const char*>(item + 8), word.keyLength()});
    to = writePartAttributes<detail::EventAttributeDecoder>(to, event_message::attributes, item + word.size(),
                                                            end);
    return to;
}

char* writeLink(char* to, const std::byte* item, const std::byte* end) noexcept {
    const OpenMessage message(to, span_message::links);
    const ItemWord word = wordAt(item);
    to = writeTraceId(to, link_message::traceId, loadAt<std::uint64_t>(item + 8),
                      loadAt<std::uint64_t>(item + 16));
    to = writeSpanId(to, link_message::spanId, loadAt<std::uint64_t>(item + 24));
    to = writePartAttributes<detail::LinkAttributeDecoder>(to, link_message::attributes, item + word.size(),
                                                           end);
    to = writeTag(to, link_message::flags, WireType::fixed32);
    to = writeLittleEndian(to, static_cast<std::uint32_t>(word.length()));
    return to;
}

char* writeStatus(char* to, SpanStatus status, std::string_view message) noexcept {
    if (status == SpanStatus::unset) return to;
    if (!isFailure(status)) message = {};
    const Text text(message);
    const std::size_t size = (message.empty() ? 0 : bytesFieldSize(text.size())) + 2;
    to = writeVarint(writeTag(to, span_message::status, WireType::bytes), size);
    if (!message.empty()) to = text.writeField(to, status_message::message);
    return writeVarintField(to, status_message::code, detail::otlpStatusCode(status));
}

char* writeCount(char* to, unsigned field, std::uint32_t count) noexcept {
    return count == 0 ? to : writeVarintField(to, field, count);
}

SIDESPAN_COLD char* writeRest(char* to, SpanView span, const detail::RecordRest& rest,
                              const std::byte* end) noexcept {
    const SpanStatus status = span.status();
    if (status == SpanStatus::cancelled)
        to = writeTextAttribute(to, span_message::attributes, detail::statusKey, toString(status));
    if (const auto state = span.traceState(); !state.empty())
        to = Text(state).writeField(to, span_message::traceState);
    for (const std::byte* item = rest.firstEvent; item != end; item += wordAt(item).size())
        if (wordAt(item).type() == ItemType::event) to = writeEvent(to, item, end);
    for (const std::byte* item = rest.firstLink; item != end; item += wordAt(item).size())
        if (wordAt(item).type() == ItemType::link) to = writeLink(to, item, end);
    to = writeCount(to, span_message::droppedAttributes, rest.dropped.attributes);
    to = writeCount(to, span_message::droppedEvents, rest.dropped.events);
    to = writeCount(to, span_message::droppedLinks, rest.dropped.links);
    return writeStatus(to, status, rest.statusMessage);
}

char* writeHeadOf(char* to, SpanView span) noexcept {
    to = writeTraceId(to, span_message::traceId, span.traceId().high(), span.traceId().low());
    to = writeSpanId(to, span_message::spanId, span.spanId().value());
    if (span.parentSpanId().isValid())
        to = writeSpanId(to, span_message::parentSpanId, span.parentSpanId().value());
    to = span.hasLiteralName() ? writeBytesField(to, span_message::name, span.literalName())
                               : Text(span.name()).writeField(to, span_message::name);
    to = writeVarintField(to, span_message::kind, static_cast<std::uint64_t>(span.kind()));
    to = writeFixed64Field(to, span_message::start, span.startUnixNano());
    return writeFixed64Field(to, span_message::end, span.endUnixNano());
}

// Two bytes of tag, since the field's number is 16.
char* writeFlags(char* to, std::uint32_t flags) noexcept {
    to = writeVarint(to, (span_message::flags << 3U) | static_cast<unsigned>(WireType::fixed32));
    return writeLittleEndian(to, flags);
}

char* writeSpan(char* to, SpanView span) noexcept {
    const OpenMessage message(to, scope_spans::spans);
    to = writeHeadOf(to, span);
    const std::byte* const end = span.record().data() + span.sizeBytes();
    detail::RecordRest rest(end);
    for (const std::byte* item = span.record().data() + sizeof(detail::SpanItem); item != end;
         item += wordAt(item).size()) {
        const ItemWord word = wordAt(item);
        if (detail::SpanAttributeDecoder::accepts(word)) {
            to = writeAttribute(to, span_message::attributes, item, word);
        } else {
            rest.note(item, word.type());
        }
    }
    if (!rest.isEmpty || span.status() != SpanStatus::unset) to = writeRest(to, span, rest, end);
    to = writeFlags(to, detail::otlpFlags(span));
    return to;
}

std::size_t mostBytes(SpanView span) noexcept {
    return span.sizeBytes() * mostGrowth + detail::blockSize;
}

std::string anyValue(const AttributeValue& value) {
    std::string message;
    if (const auto* text = value.asString()) {
        appendBytesField(message, any_value::text, toValidUtf8(*text));
        return message;
    }
    if (value.isArray()) {
        const auto list = detail::listOf(value, [](std::string& values, const AttributeValue& element) {
            appendBytesField(values, array_value::values, anyValue(element));
        });
        appendBytesField(message, any_value::array, list);
        return message;
    }
    char field[16];
    char* end = field;
    if (const auto* number = value.asInt())
        end = writeVarintField(field, any_value::integer, static_cast<std::uint64_t>(*number));
    if (const auto* number = value.asDouble())
        end = writeFixed64Field(field, any_value::real, std::bit_cast<std::uint64_t>(*number));
    if (const auto* flag = value.asBool()) end = writeVarintField(field, any_value::boolean, *flag ? 1 : 0);
    return message.append(field, end);
}

}

void OtlpProtobuf::setResource(const Resource& resource) {
    if (!head_.empty() && detail::isSame(resource_, resource)) return;
    std::string attributes;
    detail::forEachResourceAttribute(resource, [&](std::string_view key, const AttributeValue& value) {
        std::string pair;
        appendBytesField(pair, key_value::key, toValidUtf8(key));
        appendBytesField(pair, key_value::value, anyValue(value));
        appendBytesField(attributes, resource_message::attributes, pair);
    });
    std::string scopeMessage;
    appendBytesField(scopeMessage, scope::name, detail::scopeName);
    appendBytesField(scopeMessage, scope::version, version);
    std::string head;
    detail::appendOpenOtlpMessage(head, request::resourceSpans);
    appendBytesField(head, resource_spans::resource, attributes);
    detail::appendOpenOtlpMessage(head, resource_spans::scopeSpans);
    appendBytesField(head, scope_spans::scope, scopeMessage);
    detail::copy(resource, resource_);
    head_ = std::move(head);
}

void OtlpProtobuf::open(TextBuffer& out, const Resource& resource) {
    setResource(resource);
    bodyBegin_ = out.size();
    out.append(head_);
}

void OtlpProtobuf::append(TextBuffer& out, SpanView span) {
    out.advanceTo(writeSpan(out.reserve(mostBytes(span)), span));
}

void OtlpProtobuf::close(TextBuffer& out) {
    fixLengths(out.reserve(0) - (out.size() - bodyBegin_), out.size() - bodyBegin_);
}

void OtlpProtobuf::appendObject(TextBuffer& out, SpanView span, const Resource& resource) {
    open(out, resource);
    append(out, span);
    close(out);
}

void OtlpProtobuf::fixLengths(char* body, std::size_t size) noexcept {
    detail::fixOtlpLengths(body, size);
}

}
