#include <sidespan/resource.h>
#include <sidespan/span.h>
#include <sidespan/span_view.h>

namespace sidespan::inline v0 {
namespace {

constexpr std::uint64_t nanosPerMilli = 1'000'000;

// The last item of a type, or null.
const std::byte* findLast(const std::byte* at, const std::byte* end, detail::ItemType type) noexcept {
    const std::byte* found = nullptr;
    for (; at != end; at += detail::wordAt(at).size()) {
        if (detail::wordAt(at).type() == type) found = at;
    }
    return found;
}

// The text of an item that holds nothing else; empty for null.
std::string_view textOf(const std::byte* item) noexcept {
    if (item == nullptr) return {};
    return {reinterpret_cast<const char*>(item + 8), detail::wordAt(item).length()};
}

Attributes copyAttributes(const auto& range) {
    Attributes attributes;
    for (const auto& attribute : range) {
        attributes.insert_or_assign(std::string(attribute.key), AttributeValue(attribute.value));
    }
    return attributes;
}

}

std::string_view SpanView::copiedName() const noexcept {
    return textOf(findLast(items(), end(), detail::ItemType::name));
}

std::string_view SpanView::traceState() const noexcept {
    return textOf(findLast(items(), end(), detail::ItemType::traceState));
}

std::string_view SpanView::statusMessage() const noexcept {
    return textOf(findLast(items(), end(), detail::ItemType::statusMessage));
}

std::uint32_t SpanView::droppedAttributes() const noexcept {
    const std::byte* found = findLast(items(), end(), detail::ItemType::dropped);
    return found == nullptr ? 0 : detail::loadAt<detail::DroppedItem>(found).attributes;
}

std::uint32_t SpanView::droppedEvents() const noexcept {
    const std::byte* found = findLast(items(), end(), detail::ItemType::dropped);
    return found == nullptr ? 0 : detail::loadAt<detail::DroppedItem>(found).events;
}

std::uint32_t SpanView::droppedLinks() const noexcept {
    const std::byte* found = findLast(items(), end(), detail::ItemType::dropped);
    return found == nullptr ? 0 : detail::loadAt<detail::DroppedItem>(found).links();
}

Span SpanView::toSpan(const Resource& resource) const {
    Span span;
    span.traceId = traceId().toUuid();
    span.spanId = spanId().toHex();
    if (parentSpanId().isValid()) span.parentSpanId = parentSpanId().toHex();
    span.name = name();
    span.startTimeUnixNano = startUnixNano();
    span.endTimeUnixNano = endUnixNano();
    span.startTimeMs = static_cast<std::int64_t>(startUnixNano() / nanosPerMilli);
    span.endTimeMs = static_cast<std::int64_t>(endUnixNano() / nanosPerMilli);
    span.durationMs = static_cast<std::int64_t>((endUnixNano() - startUnixNano()) / nanosPerMilli);
    span.status = toString(status());
    span.statusMessage = statusMessage();
    span.kind = toString(kind());
    span.attributes = copyAttributes(attributes());
    for (const auto& event : events()) {
        span.events.push_back(
            {event.timeUnixNano, std::string(event.name), copyAttributes(event.attributes)});
    }
    for (const auto& link : links()) {
        span.links.push_back(
            {link.traceId.toUuid(), link.spanId.toHex(), link.flags, copyAttributes(link.attributes)});
    }
    span.droppedAttributes = droppedAttributes();
    span.droppedEvents = droppedEvents();
    span.droppedLinks = droppedLinks();
    span.clientType = toString(resource.clientType);
    span.clientVersion = resource.service.version;
    span.serviceName = resource.service.name;
    span.traceState = traceState();
    return span;
}

}
