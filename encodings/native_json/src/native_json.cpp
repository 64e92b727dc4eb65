#include <sidespan/native_json/native_json.h>

#include <array>
#include <cstring>
#include <utility>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/join.h>
#include <sidespan/detail/record/record.h>
#include <sidespan/span_view.h>

#include <sidespan/encoding/detail/block.h>
#include <sidespan/encoding/detail/json_value.h>
#include <sidespan/encoding/detail/resource_attributes.h>

namespace sidespan::inline v0 {
namespace {

using detail::endList;
using detail::escaped;
using detail::ItemType;
using detail::ItemWord;
using detail::loadAt;
using detail::wordAt;
using detail::writeConstant;
using detail::writeEscaped;
using detail::writePlain;

constexpr std::uint64_t nanosPerSecond = 1'000'000'000;
constexpr std::uint64_t nanosPerMilli = 1'000'000;

// The most bytes of text for each byte of an item. The worst case is an attribute of 16 bytes with the
// longest key. The bytes of the span item allow for what every span has, with the longest name.
constexpr std::size_t mostGrowth = 18;
constexpr std::size_t longestKey = 255;
static_assert(16 * mostGrowth > longestKey + 8 && 24 * mostGrowth > longestKey + 80 + 16 &&
              32 * mostGrowth > 96);
static_assert(mostGrowth > detail::mostEscaped &&
              24 * mostGrowth > longestKey + 8 + detail::mostDoubleDigits);

// Text with blanks to fill in, padded so that whole blocks can be copied.
template <std::size_t N>
struct Form {
    static constexpr std::size_t size = N - 1;
    alignas(16) std::array<char, (N + 15) / 16 * 16> text{};

    consteval explicit Form(const char (&characters)[N]) {
        for (std::size_t i = 0; i < size; ++i) text[i] = characters[i];
    }
    // Where the nth run of blanks begins.
    [[nodiscard]] consteval std::size_t blank(std::size_t n) const {
        std::size_t at = 0;
        for (std::size_t i = 0; i < size; ++i) {
            if (text[i] == '#' && (i == 0 || text[i - 1] != '#') && n-- == 0) at = i;
        }
        return at;
    }
    char* write(char* to) const noexcept {
        for (std::size_t i = 0; i < text.size(); i += 16) detail::Block::load(text.data() + i).store(to + i);
        return to + size;
    }
};

constexpr Form ids(
    R"({"traceId":"####################################","spanId":"################","parentSpanId":")");

// For times with ten digits of seconds: September 2001 to November 2286.
constexpr Form times(R"(","startTimeMs":#############,"endTimeMs":#############,)"
                     R"("startTimeUnixNano":"###################","endTimeUnixNano":"###################",)"
                     R"("durationMs":)");
constexpr std::uint64_t firstTenDigitSecond = 1'000'000'000;
constexpr std::uint64_t tenDigitSeconds = 9'000'000'000;
constexpr std::size_t secondDigits = 10;

static_assert(64 * mostGrowth > ids.size + 16 + longestKey + times.size + 20 + 64);

// The text from the status to the kind, and from the kind to the first attribute, for each value that the
// flags can hold.
template <std::size_t Values, std::size_t Size, class Name>
consteval auto textsAround(std::string_view before, Name name, std::string_view after) {
    struct Text {
        std::size_t size = 0;
        alignas(16) std::array<char, Size> text{};
    };
    std::array<Text, Values> texts{};
    for (std::size_t value = 0; value < Values; ++value) {
        Text& to = texts[value];
        for (const std::string_view part : {before, name(value), after}) {
            for (const char c : part) to.text[to.size++] = c;
        }
    }
    return texts;
}
constexpr auto statusTexts = textsAround<4, 32>(
    ",\"status\":\"", [](std::size_t value) { return toString(static_cast<SpanStatus>(value)); },
    "\",\"kind\":\"");
constexpr auto kindTexts = textsAround<8, 32>(
    "", [](std::size_t value) { return toString(static_cast<SpanKind>(value)); }, "\",\"attributes\":{");

char* writeText(char* to, const auto& text) noexcept {
    for (std::size_t i = 0; i < text.text.size(); i += 16)
        detail::Block::load(text.text.data() + i).store(to + i);
    return to + text.size;
}

char* writeStatus(char* to, SpanStatus status, SpanKind kind) noexcept {
    to = writeText(to, statusTexts[static_cast<std::size_t>(status)]);
    return writeText(to, kindTexts[static_cast<std::size_t>(kind)]);
}

// Writes the nine digits of nanoseconds at `nanos` and their first three, the milliseconds, at `millis`.
void writeSubsecond(char* millis, char* nanos, std::uint32_t subsecond) noexcept {
    nanos[0] = static_cast<char>('0' + subsecond / 100'000'000);
    detail::writeTwoDigits(nanos + 1, subsecond / 1'000'000 % 100);
    detail::writeTwoDigits(nanos + 3, subsecond / 10'000 % 100);
    detail::writeTwoDigits(nanos + 5, subsecond / 100 % 100);
    detail::writeTwoDigits(nanos + 7, subsecond % 100);
    std::memcpy(millis, nanos, 3);
}

SIDESPAN_COLD char* writeAnyTimes(char* to, std::uint64_t start, std::uint64_t end) noexcept {
    to = writeConstant(to, "\",\"startTimeMs\":");
    to = detail::writeUnsigned(to, start / nanosPerMilli);
    to = writeConstant(to, ",\"endTimeMs\":");
    to = detail::writeUnsigned(to, end / nanosPerMilli);
    to = writeConstant(to, ",\"startTimeUnixNano\":\"");
    to = detail::writeUnsigned(to, start);
    to = writeConstant(to, "\",\"endTimeUnixNano\":\"");
    to = detail::writeUnsigned(to, end);
    return writeConstant(to, "\",\"durationMs\":");
}

SIDESPAN_COLD char* writeArray(char* to, const AttributeArrayView& array) noexcept {
    return detail::writeJson(to, array);
}

// A value that is not text.
char* writeOther(char* to, const std::byte* item, ItemType type) noexcept {
    switch (type) {
        case ItemType::integer:
            return detail::writeSigned(to, loadAt<std::int64_t>(item + 16));
        case ItemType::real:
            return detail::writeDouble(to, loadAt<double>(item + 16));
        case ItemType::array:
            return writeArray(to, detail::decodeArray(item));
        default:
            return detail::writeJson(to, loadAt<std::uint64_t>(item + 16) != 0);
    }
}

// `"key":value,`
inline char* writeAttribute(char* to, const std::byte* item, ItemWord word) noexcept {
    *to = '"';
    to = writePlain(to + 1, {loadAt<const char*>(item + 8), word.keyLength()});
    if (word.type() == ItemType::text) [[likely]] {
        to = writeConstant(to, "\":\"");
        to = writeEscaped(to, {reinterpret_cast<const char*>(item + 16), word.length()});
        return writeConstant(to, "\",");
    }
    to = writeOther(writeConstant(to, "\":"), item, word.type());
    *to = ',';
    return to + 1;
}

// The attributes of an event or a link. They follow it; attributes of the span may lie between them.
template <class Decoder>
char* writePartAttributes(char* to, const std::byte* item, const std::byte* end) noexcept {
    char* const begin = to;
    to = writeConstant(to, ",\"attributes\":{");
    char* const first = to;
    for (; item != end; item += wordAt(item).size()) {
        const ItemWord word = wordAt(item);
        if (Decoder::ends(word)) break;
        if (Decoder::accepts(word)) to = writeAttribute(to, item, word);
    }
    return to == first ? begin : endList(to, '}');
}

char* writeEvents(char* to, const std::byte* item, const std::byte* end) noexcept {
    for (; item != end; item += wordAt(item).size()) {
        const ItemWord word = wordAt(item);
        if (word.type() != ItemType::event) continue;
        const auto time = loadAt<std::uint64_t>(item + 16);
        to = writeConstant(to, "{\"timestamp\":");
        to = detail::writeUnsigned(to, time / nanosPerMilli);
        to = writeConstant(to, ",\"timeUnixNano\":\"");
        to = detail::writeUnsigned(to, time);
        to = writeConstant(to, "\",\"name\":\"");
        to = writePlain(to, {loadAt<const char*>(item + 8), word.keyLength()});
        *to++ = '"';
        to = writePartAttributes<detail::EventAttributeDecoder>(to, item + word.size(), end);
        to = writeConstant(to, "},");
    }
    return to;
}

char* writeLinks(char* to, const std::byte* item, const std::byte* end) noexcept {
    for (; item != end; item += wordAt(item).size()) {
        const ItemWord word = wordAt(item);
        if (word.type() != ItemType::link) continue;
        to = writeConstant(to, "{\"traceId\":\"");
        to = detail::writeUuid(to, loadAt<std::uint64_t>(item + 8), loadAt<std::uint64_t>(item + 16));
        to = writeConstant(to, "\",\"spanId\":\"");
        to = writeConstant(detail::writeHex(to, loadAt<std::uint64_t>(item + 24)), "\"");
        if (word.length() != 0) to = detail::writeUnsigned(writeConstant(to, ",\"flags\":"), word.length());
        to = writePartAttributes<detail::LinkAttributeDecoder>(to, item + word.size(), end);
        to = writeConstant(to, "},");
    }
    return to;
}

char* writeDropped(char* to, const std::byte* item) noexcept {
    const auto dropped = loadAt<detail::DroppedItem>(item);
    to = detail::writeCount(to, ",\"droppedAttributes\":", dropped.attributes);
    to = detail::writeCount(to, ",\"droppedEvents\":", dropped.events);
    return detail::writeCount(to, ",\"droppedLinks\":", dropped.links());
}

// What a record holds besides attributes. Null if there is none.
struct Rest {
    const std::byte* statusMessage = nullptr;
    const std::byte* event = nullptr;  // the first
    const std::byte* link = nullptr;   // the first
    const std::byte* dropped = nullptr;
    bool isQuiet = true;

    void note(const std::byte* item, ItemType type) noexcept {
        switch (type) {
            case ItemType::statusMessage:
                statusMessage = item;
                break;
            case ItemType::event:
                event = event == nullptr ? item : event;
                break;
            case ItemType::link:
                link = link == nullptr ? item : link;
                break;
            case ItemType::dropped:
                dropped = item;
                break;
            default:  // not a case: a fifth one makes this a jump table, slower for every item
                if (type != ItemType::traceState) return;  // SpanView::traceState() finds it
        }
        isQuiet = false;
    }
};

SIDESPAN_COLD char* writeCopiedName(char* to, SpanView span) noexcept {
    return writeEscaped(to, span.name());
}

// For eight characters or more, writePlain() makes the same comparison, so this one is free.
char* writeName(char* to, SpanView span) noexcept {
    const std::string_view name = span.literalName();
    if (name.size() >= 8) [[likely]]
        return writePlain(to, name);
    return name.empty() ? writeCopiedName(to, span) : writePlain(to, name);
}

// The text of an item that holds nothing else.
std::string_view textOf(const std::byte* item) noexcept {
    return {reinterpret_cast<const char*>(item + 8), wordAt(item).length()};
}

// Writes what lies between the last attribute and the client's members.
SIDESPAN_COLD char* writeRest(char* to, SpanView span, const Rest& rest, const std::byte* end) noexcept {
    to = writeConstant(to, "},\"statusMessage\":\"");
    if (rest.statusMessage != nullptr) to = writeEscaped(to, textOf(rest.statusMessage));
    to = writeConstant(to, "\",\"events\":[");
    if (rest.event != nullptr) to = writeEvents(to, rest.event, end);
    to = endList(to, ']');
    if (rest.link != nullptr) {
        to = writeConstant(to, ",\"links\":[");
        to = endList(writeLinks(to, rest.link, end), ']');
    }
    if (const auto state = span.traceState(); !state.empty())
        to = detail::writeJson(writeConstant(to, ",\"traceState\":"), state);
    return rest.dropped != nullptr ? writeDropped(to, rest.dropped) : to;
}

// `"resource":{…}`.
std::string resourceMember(const Resource& resource) {
    std::string members;
    detail::forEachResourceAttribute(resource, [&](std::string_view key, const AttributeValue& value) {
        members +=
            detail::join({members.empty() ? "" : ",", "\"", escaped(key), "\":", detail::jsonOf(value)});
    });
    return detail::join({"\"resource\":{", members, "}"});
}

// What a body and each of its spans say about the client: `"clientType":…,"clientVersion":…`.
std::string clientMembers(const Resource& resource) {
    const auto& service = resource.service;
    const auto name = service.name.empty()
                          ? std::string()
                          : detail::join({R"(,"serviceName":")", escaped(service.name), "\""});
    return detail::join({R"("clientType":")", toString(resource.clientType), R"(","clientVersion":")",
                         escaped(service.version), "\"", name});
}

}

void NativeJson::setResource(const Resource& resource) {
    if (!end_.empty() && detail::isSame(resource_, resource)) return;
    constexpr std::string_view room = "                ";
    static_assert(room.size() == detail::blockSize);
    const auto client = clientMembers(resource);
    auto end = detail::join({",", client, "}", room});
    auto quietEnd = detail::join({R"(},"statusMessage":"","events":[])", end});
    auto head = isWrapped_ ? detail::join({"{", client, ",", resourceMember(resource), ",\"spans\":["})
                           : std::string("[");
    detail::copy(resource, resource_);
    end_ = std::move(end);
    quietEnd_ = std::move(quietEnd);
    head_ = std::move(head);
    endSize_ = end_.size() - room.size();
    quietEndSize_ = quietEnd_.size() - room.size();
}

std::size_t NativeJson::mostBytes(SpanView span) const noexcept {
    return span.sizeBytes() * mostGrowth + quietEnd_.size() + detail::blockSize;
}

NativeJson::Digits NativeJson::digitsOf(std::uint64_t second) noexcept {
    if (second != second_) [[unlikely]] {
        second_ = second;
        detail::writeUnsigned(secondDigits_.text, second);
    }
    return secondDigits_;
}

char* NativeJson::writeTimes(char* to, std::uint64_t start, std::uint64_t end) noexcept {
    const std::uint64_t startSecond = start / nanosPerSecond;
    const std::uint64_t endSecond = end / nanosPerSecond;
    if (startSecond - firstTenDigitSecond >= tenDigitSeconds ||
        endSecond - firstTenDigitSecond >= tenDigitSeconds) [[unlikely]] {
        return writeAnyTimes(to, start, end);
    }
    times.write(to);
    const auto fill = [to](std::size_t millis, std::size_t nanos, const Digits& digits,
                           std::uint64_t subsecond) {
        std::memcpy(to + millis, &digits, secondDigits);
        std::memcpy(to + nanos, &digits, secondDigits);
        writeSubsecond(to + millis + secondDigits, to + nanos + secondDigits,
                       static_cast<std::uint32_t>(subsecond));
    };
    const Digits digits = digitsOf(startSecond);
    fill(times.blank(0), times.blank(2), digits, start - startSecond * nanosPerSecond);
    fill(times.blank(1), times.blank(3), endSecond == startSecond ? digits : digitsOf(endSecond),
         end - endSecond * nanosPerSecond);
    return to + times.size;
}

char* NativeJson::writeSpan(char* to, SpanView span) noexcept {
    char* const begin = to;
    to = ids.write(begin);
    detail::writeUuid(begin + ids.blank(0), span.traceId().high(), span.traceId().low());
    detail::writeHex(begin + ids.blank(1), span.spanId().value());
    if (span.parentSpanId().isValid()) to = detail::writeHex(to, span.parentSpanId().value());
    to = writeConstant(to, "\",\"name\":\"");
    to = writeName(to, span);
    to = writeTimes(to, span.startUnixNano(), span.endUnixNano());
    to = detail::writeUnsigned(to, (span.endUnixNano() - span.startUnixNano()) / nanosPerMilli);
    to = writeStatus(to, span.status(), span.kind());

    const std::byte* item = span.record().data() + sizeof(detail::SpanItem);
    const std::byte* const end = span.record().data() + span.sizeBytes();
    Rest rest;
    for (; item != end; item += wordAt(item).size()) {
        const ItemWord word = wordAt(item);
        if (detail::SpanAttributeDecoder::accepts(word)) {
            to = writeAttribute(to, item, word);
        } else {
            rest.note(item, word.type());
        }
    }
    if (to[-1] == ',') --to;
    if (rest.isQuiet) {
        detail::copyBlocks(to, quietEnd_.data(), quietEndSize_);
        return to + quietEndSize_;
    }
    to = writeRest(to, span, rest, end);
    detail::copyBlocks(to, end_.data(), endSize_);
    return to + endSize_;
}

void NativeJson::open(TextBuffer& out, const Resource& resource) {
    setResource(resource);
    isFirst_ = true;
    out.append(head_);
}

void NativeJson::append(TextBuffer& out, SpanView span) {
    char* to = out.reserve(mostBytes(span));
    *to = ',';
    to += isFirst_ ? 0 : 1;
    isFirst_ = false;
    out.advanceTo(writeSpan(to, span));
}

void NativeJson::close(TextBuffer& out) {
    out.append(isWrapped_ ? std::string_view("]}") : std::string_view("]"));
}

void NativeJson::appendObject(TextBuffer& out, SpanView span, const Resource& resource) {
    setResource(resource);
    out.advanceTo(writeSpan(out.reserve(mostBytes(span)), span));
}

}
