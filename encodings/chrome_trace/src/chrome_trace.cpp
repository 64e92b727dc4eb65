#include <sidespan/chrome_trace/chrome_trace.h>

#include <variant>

#include <sidespan/detail/platform.h>
#include <sidespan/encoding/detail/json_value.h>

namespace sidespan::inline v0 {
namespace {

using detail::endList;
using detail::writeConstant;
using detail::writeCount;
using detail::writePlain;

constexpr std::uint32_t offLanes = 256;     // stands for a lane in spans that were recorded outside lanes
constexpr std::uint32_t threadsEach = 512;  // thread numbers of each recorder
constexpr std::uint32_t namedFor = 1'000;
constexpr std::uint64_t timeZero = 1'735'689'600'000'000'000;  // 2025-01-01T00:00:00Z
constexpr std::string_view loadName = "audio.load";
constexpr std::string_view loadPrefix = "audio.load.";
constexpr std::string_view blockLoad = "audio.block.load";

// The most bytes of text for each byte of an item. The worst cases are an attribute of 16 bytes with the
// longest key and an event of 24 bytes with the longest name. mostHead is for what every span has.
constexpr std::size_t mostGrowth = 28;
constexpr std::size_t mostHead = 2048;
constexpr std::size_t longestKey = 255;
static_assert(16 * mostGrowth > longestKey + 16 && mostGrowth > detail::mostEscaped &&
              24 * mostGrowth > longestKey + 48 + detail::mostDoubleDigits);
static_assert(24 * mostGrowth > longestKey + 256, "an event is an instant of its own");
static_assert(mostGrowth > std::string_view("false,").size(), "a bool in an array is one byte");

// What all events of one span share.
struct Place {
    std::uint64_t process;
    std::uint32_t recorder;  // counted from 0 in this process
    std::uint32_t lane;
    SpanView span;
    std::uint32_t track = 0;  // only outside lanes

    [[nodiscard]] bool isOnLane() const noexcept { return lane != offLanes; }
    [[nodiscard]] std::uint32_t thread() const noexcept { return recorder * threadsEach + lane; }
};

// With three decimals.
char* writeMicros(char* to, std::uint64_t nanos) noexcept {
    to = detail::writeUnsigned(to, nanos / 1'000);
    const auto rest = static_cast<std::uint32_t>(nanos % 1'000);
    *to = '.';
    to[1] = static_cast<char>('0' + rest / 100);
    detail::writeTwoDigits(to + 2, rest % 100);
    return to + 4;
}

char* writeTime(char* to, std::uint64_t unixNano) noexcept {
    to = writeConstant(to, ",\"ts\":");
    if (unixNano >= timeZero) return writeMicros(to, unixNano - timeZero);
    *to = '-';
    return writeMicros(to + 1, timeZero - unixNano);
}

char* writeId(char* to, TraceId id) noexcept {
    return detail::writeHex(to, id.high(), id.low());
}
char* writeId(char* to, SpanId id) noexcept {
    return detail::writeHex(to, id.value());
}

char* writeProcess(char* to, std::uint64_t process) noexcept {
    return detail::writeUnsigned(writeConstant(to, ",\"pid\":"), process);
}

char* writeThread(char* to, std::uint64_t process, std::uint32_t thread) noexcept {
    return detail::writeUnsigned(writeConstant(writeProcess(to, process), ",\"tid\":"), thread);
}

char* writeThread(char* to, const Place& place) noexcept {
    return writeThread(to, place.process, place.thread());
}

char* writeLane(char* to, std::uint32_t lane, std::uint32_t recorder) noexcept {
    to = lane == offLanes ? writeConstant(to, "off lanes")
                          : detail::writeUnsigned(writeConstant(to, "lane "), lane);
    if (recorder == 0) return to;
    return writeConstant(detail::writeUnsigned(writeConstant(to, " (recorder "), recorder + 1), ")");
}

// The id of a track: events with the same id are on one track. Each recorder has its own tracks, because it
// does not know which spans of other recorders overlap.
char* writeTrack(char* to, const Place& place) noexcept {
    to = writeId(to, place.span.traceId());
    to = detail::writeUnsigned(writeConstant(to, "/"), place.process);
    return detail::writeUnsigned(writeConstant(to, "/"),
                                 place.recorder * detail::TraceTracks::most + place.track);
}

// `{"name":"…","ph":"X","cat":"…"`, time and thread; for an asynchronous event also its track.
template <std::size_t N>
char* writeStart(char* to, std::string_view name, const char (&phase)[N], std::uint64_t time,
                 const Place& place) noexcept {
    to = detail::writeEscaped(writeConstant(to, "{\"name\":\""), name);
    to = writeConstant(writeConstant(to, "\",\"ph\":\""), phase);
    to = place.isOnLane() ? writeConstant(to, "\",\"cat\":\"lane\"")
                          : writeConstant(to, "\",\"cat\":\"trace\",\"id\":\"");
    if (!place.isOnLane()) to = writeConstant(writeTrack(to, place), "\"");
    return writeThread(writeTime(to, time), place);
}

char* writeAttribute(char* to, const AttributeView& attribute) noexcept {
    to = writePlain(writeConstant(to, "\""), attribute.key);
    to = writeConstant(to, "\":");
    to = std::visit([to](const auto& value) { return detail::writeJson(to, value); }, attribute.value);
    return writeConstant(to, ",");
}

template <class Attributes>
char* writeAttributes(char* to, const Attributes& attributes) noexcept {
    for (const auto& attribute : attributes) to = writeAttribute(to, attribute);
    return endList(to, '}');
}

char* writeLinks(char* to, SpanView span) noexcept {
    if (span.links().empty()) return to;
    to = writeConstant(to, ",\"links\":[");
    for (const auto& link : span.links()) {
        to = writeId(writeConstant(to, "{\"traceId\":\""), link.traceId);
        to = writeId(writeConstant(to, "\",\"spanId\":\""), link.spanId);
        to = writeAttributes(writeConstant(to, "\",\"attributes\":{"), link.attributes);
        to = writeConstant(to, "},");
    }
    return endList(to, ']');
}

// What the viewer shows besides name and time.
char* writeArguments(char* to, SpanView span) noexcept {
    to = writeConstant(to, ",\"args\":{\"span\":{\"traceId\":\"");
    to = writeId(to, span.traceId());
    to = writeId(writeConstant(to, "\",\"spanId\":\""), span.spanId());
    if (span.parentSpanId().isValid())
        to = writeId(writeConstant(to, "\",\"parentSpanId\":\""), span.parentSpanId());
    to = writePlain(writeConstant(to, "\",\"kind\":\""), toString(span.kind()));
    to = writePlain(writeConstant(to, "\",\"status\":\""), toString(span.status()));
    if (const auto message = span.statusMessage(); !message.empty())
        to = detail::writeEscaped(writeConstant(to, "\",\"statusMessage\":\""), message);
    to = writeConstant(to, "\"");
    to = writeCount(to, ",\"droppedAttributes\":", span.droppedAttributes());
    to = writeCount(to, ",\"droppedEvents\":", span.droppedEvents());
    to = writeCount(to, ",\"droppedLinks\":", span.droppedLinks());
    to = writeLinks(to, span);
    to = writeConstant(to, "},\"attributes\":{");
    return writeConstant(writeAttributes(to, span.attributes()), "}},");
}

char* writeInstants(char* to, const Place& place) noexcept {
    for (const auto& event : place.span.events()) {
        to = place.isOnLane()
                 ? writeConstant(writeStart(to, event.name, "i", event.timeUnixNano, place), ",\"s\":\"t\"")
                 : writeStart(to, event.name, "n", event.timeUnixNano, place);
        to = writeConstant(to, ",\"args\":{");
        to = writeConstant(writeAttributes(to, event.attributes), "},");
    }
    return to;
}

// A counter belongs to a process, so its name says which lane it is for.
template <std::size_t N>
char* writeCounter(char* to, const char (&name)[N], const Place& place) noexcept {
    to = writeConstant(writeConstant(to, "{\"name\":\""), name);
    to = writeLane(writeConstant(to, ", "), place.lane, place.recorder);
    to = writeConstant(to, "\",\"ph\":\"C\"");
    to = writeThread(writeTime(to, place.span.endUnixNano()), place);
    return writeConstant(to, ",\"args\":{");
}

bool isShareOfBudget(const AttributeView& attribute) noexcept {
    return attribute.key.starts_with(loadPrefix) && std::holds_alternative<double>(attribute.value);
}

// The summary of many blocks: "p50", "p95", "p99" and "max", and how many blocks overran.
char* writeLoad(char* to, const Place& place) noexcept {
    to = writeCounter(to, "load", place);
    for (auto attribute : place.span.attributes()) {
        if (!isShareOfBudget(attribute)) continue;
        attribute.key.remove_prefix(loadPrefix.size());
        to = writeAttribute(to, attribute);
    }
    to = writeConstant(endList(to, '}'), "},");
    for (auto attribute : place.span.attributes()) {
        if (attribute.key != "audio.load.overruns") continue;
        attribute.key.remove_prefix(loadPrefix.size());
        to = writeAttribute(writeCounter(to, "overruns", place), attribute);
        to = writeConstant(endList(to, '}'), "},");
    }
    return to;
}

char* writeOnLane(char* to, const Place& place) noexcept {
    const SpanView span = place.span;
    if (span.name() == loadName) return writeLoad(to, place);
    to = writeStart(to, span.name(), "X", span.startUnixNano(), place);
    to = writeMicros(writeConstant(to, ",\"dur\":"), span.endUnixNano() - span.startUnixNano());
    to = writeInstants(writeArguments(to, span), place);
    for (auto attribute : span.attributes()) {
        if (attribute.key != blockLoad) continue;
        attribute.key = "load";
        to = writeAttribute(writeCounter(to, "load of kept blocks", place), attribute);
        to = writeConstant(endList(to, '}'), "},");
    }
    return to;
}

char* writeOffLanes(char* to, const Place& place) noexcept {
    const SpanView span = place.span;
    to = writeArguments(writeStart(to, span.name(), "b", span.startUnixNano(), place), span);
    to = writeInstants(to, place);
    return writeConstant(writeStart(to, span.name(), "e", span.endUnixNano(), place), "},");
}

}

void ChromeTrace::nameProcess(TextBuffer& out, const Resource& resource) {
    process_ = detail::platform::processId();
    const auto& service = resource.service;
    char* to = out.reserve((service.name.size() + service.version.size()) * detail::mostEscaped + mostHead);
    to = writeProcess(writeConstant(to, "{\"name\":\"process_name\",\"ph\":\"M\""), process_);
    to = detail::writeEscaped(writeConstant(to, ",\"args\":{\"name\":\""), service.name);
    if (!service.version.empty()) to = detail::writeEscaped(writeConstant(to, " "), service.version);
    out.advanceTo(writeConstant(to, "\"}},"));
}

void ChromeTrace::nameThread(TextBuffer& out, std::uint32_t lane) {
    char* to = writeConstant(out.reserve(mostHead), "{\"name\":\"thread_name\",\"ph\":\"M\"");
    to = writeThread(to, process_, number_.value() * threadsEach + lane);
    to = writeLane(writeConstant(to, ",\"args\":{\"name\":\""), lane, number_.value());
    out.advanceTo(writeConstant(to, "\"}},"));
}

void ChromeTrace::appendNames(TextBuffer& out, std::uint32_t lane, const Resource& resource) {
    if (sinceNamed_++ % namedFor == 0) {
        named_.reset();
        nameProcess(out, resource);
    }
    if (named_.test(lane)) return;
    nameThread(out, lane);
    named_.set(lane);
}

void ChromeTrace::appendObject(TextBuffer& out, SpanView span, const Resource& resource) {
    const std::uint32_t lane = span.lane() == 0 ? offLanes : span.lane();
    appendNames(out, lane, resource);
    Place place{process_, number_.value(), lane, span};
    char* const to = out.reserve(span.sizeBytes() * mostGrowth + mostHead);
    if (place.isOnLane()) return out.advanceTo(writeOnLane(to, place));
    place.track = tracks_.trackOf(span.traceId(), span.startUnixNano(), span.endUnixNano());
    out.advanceTo(writeOffLanes(to, place));
}

}
