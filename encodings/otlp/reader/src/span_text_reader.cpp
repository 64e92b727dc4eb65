#include "span_text_reader.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <string>

#include <sidespan/encoding/detail/is_ascii.h>
#include <sidespan/encoding/detail/json_value.h>
#include <sidespan/encoding/detail/otlp_status.h>
#include <sidespan/encoding/utf8.h>
#include <sidespan/native_json/native_limits.h>

#include "native_span.h"

namespace sidespan::inline v0::detail {
namespace {

using protobuf::Fields;
using protobuf::WireType;

constexpr std::size_t mostTextBytes =
    NativeLimits::maxTextBytes / 3;  // a byte that is not UTF-8 becomes three
constexpr std::size_t mostNameBytes = NativeLimits::maxNameLength;
// Each key is compared with all before it. This is the default limit of OpenTelemetry's SDKs.
constexpr std::size_t mostAttributes = 128;
static_assert(mostAttributes <= NativeLimits::maxAttributes);
// For names of members, digits and quotes, and for what the writers of text may overwrite after its end.
constexpr std::size_t roomBeside = 192;

std::uint64_t bigEndian(std::string_view bytes) noexcept {
    std::uint64_t value = 0;
    for (const char c : bytes.substr(0, 8)) value = value << 8U | static_cast<unsigned char>(c);
    return value;
}

bool readId(const Fields& field, TraceId& id) noexcept {
    if (field.bytes().size() != 16) return false;
    id = TraceId(bigEndian(field.bytes()), bigEndian(field.bytes().substr(8)));
    return id.isValid();
}

bool readId(const Fields& field, SpanId& id) noexcept {
    if (field.bytes().size() != 8) return false;
    id = SpanId(bigEndian(field.bytes()));
    return id.isValid();
}

bool readName(const Fields& field, std::string_view& name) noexcept {
    name = field.bytes();
    return !name.empty() && name.size() <= mostNameBytes;
}

bool readText(const Fields& field, std::string_view& text) noexcept {
    text = field.bytes();
    return field.type() == WireType::bytes && text.size() <= mostTextBytes;
}

bool readVarint(const Fields& field, std::uint64_t& number) noexcept {
    number = field.number();
    return field.type() == WireType::varint;
}

bool readTime(const Fields& field, std::uint64_t& nanos) noexcept {
    nanos = field.number();
    return field.type() == WireType::fixed64 &&
           nanos <= std::uint64_t{std::numeric_limits<std::int64_t>::max()};
}

bool readCount(const Fields& field, std::uint32_t& count) noexcept {
    count = static_cast<std::uint32_t>(field.number());
    return field.type() == WireType::varint && count == field.number();
}

bool addMessage(const Fields& field, std::vector<std::string_view>& list) {
    list.push_back(field.bytes());
    return field.type() == WireType::bytes;
}

std::size_t roomFor(std::string_view text) noexcept {
    return mostEscaped * text.size() + roomBeside;
}

// Writes one value. False for a list, a map or bytes.
bool writeValue(TextBuffer& out, std::string_view message) {
    Fields value(message);
    if (!value.next()) return false;
    char* to = out.reserve(roomFor(value.bytes()));
    if (value.field() == 1 && value.type() == WireType::bytes && value.bytes().size() <= mostTextBytes) {
        to = writeJson(to, value.bytes());
    } else if (value.field() == 2 && value.type() == WireType::varint) {
        to = writeJson(to, value.number() != 0);
    } else if (value.field() == 3 && value.type() == WireType::varint) {
        to = writeJson(to, static_cast<std::int64_t>(value.number()));
    } else if (value.field() == 4 && value.type() == WireType::fixed64) {
        to = writeJson(to, std::bit_cast<double>(value.number()));
    } else {
        return false;
    }
    out.advanceTo(to);
    return !value.next() && value.problem().empty();
}

// Writes a list of messages as a JSON array, each with `write`. Writes nothing for an empty list.
template <class Write>
bool writeArray(TextBuffer& out, const std::vector<std::string_view>& messages, Write write) {
    for (const auto message : messages) {
        out.append(out.isEmpty() ? '[' : ',');
        if (!write(message)) return false;
    }
    if (!messages.empty()) out.append(']');
    return true;
}

std::string takeText(TextBuffer& out) {
    std::string text(out.view());
    out.clear();
    return text;
}

}

bool SpanTextReader::read(std::string_view message, SpanText& span) {
    reset();
    Fields field(message);
    while (field.next())
        if (!readField(field, span)) return false;
    return field.problem().empty() && finish(span) && writeParts(span);
}

void SpanTextReader::reset() {
    traceId_ = {};
    spanId_ = {};
    parentId_ = {};
    kind_ = 0;
    statusCode_ = 0;
    statusMessage_ = {};
    values_ = 0;
    for (auto* list : {&attributes_, &events_, &links_}) list->clear();
    out_.clear();
}

bool SpanTextReader::readField(const Field& field, SpanText& span) {
    switch (field.field()) {
        case 1:
            return readId(field, traceId_);
        case 2:
            return readId(field, spanId_);
        case 3: {
            std::string_view state;
            const bool isGood = readText(field, state);
            span.traceState = toValidUtf8(state);
            return isGood;
        }
        case 4:
            return readParent(field);
        case 5: {
            std::string_view name;
            const bool isGood = readName(field, name);
            span.name = toValidUtf8(name);
            return isGood;
        }
        case 6:
            return readVarint(field, kind_);
        case 7:
            return readTime(field, span.startUnixNano);
        case 8:
            return readTime(field, span.endUnixNano);
        case 9:
            return addMessage(field, attributes_);
        case 10:
            return readCount(field, span.droppedAttributes);
        case 11:
            return addMessage(field, events_);
        case 12:
            return readCount(field, span.droppedEvents);
        case 13:
            return addMessage(field, links_);
        case 14:
            return readCount(field, span.droppedLinks);
        case 15:
            return readStatus(field);
        case 16:
            span.flags = static_cast<std::uint32_t>(field.number());
            return field.type() == WireType::fixed32;
        default:
            return true;
    }
}

// Some SDKs send an empty parent id for a root.
bool SpanTextReader::readParent(const Field& field) {
    parentId_ = {};
    return field.type() == WireType::bytes && (field.bytes().empty() || readId(field, parentId_));
}

bool SpanTextReader::readStatus(const Field& field) {
    Fields status(field.bytes());
    while (status.next()) {
        if (status.field() == 2 && !readText(status, statusMessage_)) return false;
        if (status.field() == 3 && !readVarint(status, statusCode_)) return false;
    }
    return field.type() == WireType::bytes && status.problem().empty();
}

bool SpanTextReader::finish(SpanText& span) {
    if (!traceId_.isValid() || !spanId_.isValid() || spanId_ == parentId_) return false;
    if (span.name.empty() || span.endUnixNano < span.startUnixNano) return false;
    if (events_.size() > NativeLimits::maxEvents || links_.size() > NativeLimits::maxLinks) return false;
    span.traceId = traceId_.toUuid();
    span.spanId = spanId_.toHex();
    if (parentId_.isValid()) span.parentSpanId = parentId_.toHex();
    span.kind = kindName(kind_);
    span.status = statusCode_ == otlpErrorCode ? "error" : "ok";
    span.hasOkStatus = statusCode_ == otlpOkCode;
    span.statusMessage = toValidUtf8(statusMessage_);
    span.attributeCount = attributes_.size();
    span.eventCount = events_.size();
    span.linkCount = links_.size();
    return true;
}

bool SpanTextReader::writeParts(SpanText& span) {
    if (!writeAttributes(attributes_)) return false;
    const bool mayBeCancelled = statusCode_ == otlpErrorCode;
    if (mayBeCancelled && std::ranges::find(keys_, statusKey) != keys_.end()) return false;
    span.attributes = takeText(out_);
    if (!writeArray(out_, events_, [&](std::string_view event) { return writeEvent(event); })) return false;
    span.events = takeText(out_);
    if (!writeArray(out_, links_, [&](std::string_view link) { return writeLink(link); })) return false;
    span.links = takeText(out_);
    span.valueCount = values_;
    return true;
}

bool SpanTextReader::writeAttributes(const Messages& attributes) {
    if (attributes.size() > mostAttributes) return false;
    keys_.clear();
    values_ += 1 + attributes.size();
    out_.append('{');
    for (const auto attribute : attributes) {
        if (!keys_.empty()) out_.append(',');
        if (!writeAttribute(attribute)) return false;
    }
    out_.append('}');
    return true;
}

bool SpanTextReader::writeAttribute(std::string_view message) {
    std::string_view key;
    std::string_view value;
    Fields field(message);
    while (field.next()) {
        if (field.field() == 1 && !readName(field, key)) return false;
        if (field.field() == 2) {
            if (!value.empty() || field.type() != WireType::bytes) return false;
            value = field.bytes();
        }
    }
    if (!field.problem().empty() || key.empty()) return false;
    if (!isAscii(key)) return false;  // repairing invalid UTF-8 may make two keys the same
    if (std::ranges::find(keys_, key) != keys_.end()) return false;
    keys_.push_back(key);
    char* to = writeJson(out_.reserve(roomFor(key)), key);
    *to++ = ':';
    out_.advanceTo(to);
    return writeValue(out_, value);
}

bool SpanTextReader::writeOwnAttributes() {
    if (ownAttributes_.empty()) return true;
    out_.append(",\"attributes\":");
    return writeAttributes(ownAttributes_);
}

bool SpanTextReader::writeEvent(std::string_view message) {
    std::uint64_t time = 0;
    std::string_view name;
    ownAttributes_.clear();
    values_ += 3;  // the event, its time and its name
    Fields field(message);
    while (field.next()) {
        if (field.field() == 1 && !readTime(field, time)) return false;
        if (field.field() == 2 && !readName(field, name)) return false;
        if (field.field() == 3 && !addMessage(field, ownAttributes_)) return false;
    }
    if (!field.problem().empty() || name.empty()) return false;
    char* to = writeConstant(out_.reserve(roomFor(name)), "{\"timeUnixNano\":\"");
    to = writeConstant(writeUnsigned(to, time), "\",\"name\":");
    out_.advanceTo(writeJson(to, name));
    const bool isWhole = writeOwnAttributes();
    out_.append('}');
    return isWhole;
}

bool SpanTextReader::writeLink(std::string_view message) {
    TraceId traceId;
    SpanId spanId;
    std::uint64_t flags = 0;
    ownAttributes_.clear();
    Fields field(message);
    while (field.next()) {
        if (field.field() == 1 && !readId(field, traceId)) return false;
        if (field.field() == 2 && !readId(field, spanId)) return false;
        if (field.field() == 3 && !field.bytes().empty()) return false;
        if (field.field() == 4 && !addMessage(field, ownAttributes_)) return false;
        if (field.field() == 6 && field.type() != WireType::fixed32) return false;
        if (field.field() == 6) flags = field.number();
    }
    if (!field.problem().empty() || !traceId.isValid() || !spanId.isValid()) return false;
    values_ += flags != 0 ? 4 : 3;
    char* to = writeConstant(out_.reserve(roomBeside), "{\"traceId\":\"");
    to = writeConstant(writeHex(to, traceId.high(), traceId.low()), "\",\"spanId\":\"");
    to = writeConstant(writeHex(to, spanId.value()), "\"");
    if (flags != 0) to = writeUnsigned(writeConstant(to, ",\"flags\":"), flags);
    out_.advanceTo(to);
    const bool isWhole = writeOwnAttributes();
    out_.append('}');
    return isWhole;
}

}
