#include <algorithm>
#include <cstring>
#include <string_view>

#include <sidespan/detail/drain/record_finisher.h>
#include <sidespan/detail/record/record.h>
#include <sidespan/span_view.h>

namespace sidespan::inline v0::detail {
namespace {

void finishHead(SpanItem& head, const IdKeys& keys, const TimeBase& time) noexcept {
    const std::uint8_t flags = head.word.flags();
    head.spanId = keys.spanId(head.spanId).value();
    if ((flags & parentFromCounterFlag) != 0) head.parentId = keys.spanId(head.parentId).value();
    if ((flags & traceFromCounterFlag) != 0) {
        const TraceId trace = keys.traceId(head.traceHigh);
        head.traceHigh = trace.high();
        head.traceLow = trace.low();
    }
    const std::uint64_t duration = time.duration(head.start, head.end);
    head.start = time.toUnixNanos(head.start, head.end);
    head.end = head.start + duration;
    constexpr std::uint8_t fromCounter = traceFromCounterFlag | parentFromCounterFlag;
    head.word = ItemWord(head.word.bits() & ~(std::uint64_t{fromCounter} << 56U));
}

std::string_view keyAt(const std::byte* at) noexcept {
    return {loadAt<const char*>(at + 8), wordAt(at).keyLength()};
}

void skipItem(std::byte* at) noexcept {
    storeAt(at, ItemWord((wordAt(at).bits() & ~std::uint64_t{0xffU}) |
                         static_cast<std::uint64_t>(ItemType::skip)));
}

// Keys are literals, so most equal keys have the same address, and most others differ in length.
bool isSameKey(const std::byte* a, const std::byte* b) noexcept {
    if (wordAt(a).keyLength() != wordAt(b).keyLength()) return false;
    return loadAt<const char*>(a + 8) == loadAt<const char*>(b + 8) || keyAt(a) == keyAt(b);
}

// Skips an earlier attribute with the same key, of the span itself or of the same event or link.
void skipEarlier(std::byte* items, std::byte* latest) noexcept {
    for (std::byte* at = items; at != latest; at += wordAt(at).size()) {
        const bool isOfSame = isAttribute(wordAt(at)) && partOf(wordAt(at)) == partOf(wordAt(latest));
        if (isOfSame && isSameKey(at, latest)) return skipItem(at);
    }
}

void takeTime(SpanItem& head, std::byte* at) noexcept {
    const bool isStart = (wordAt(at).flags() & startTimeFlag) != 0;
    (isStart ? head.start : head.end) = loadAt<std::uint64_t>(at + 8);
    skipItem(at);
}

void finishItems(SpanItem& head, std::byte* items, std::byte* end, std::uint64_t endTicks,
                 const TimeBase& time) noexcept {
    std::byte* event = items;
    std::byte* link = items;
    for (std::byte* at = items; at != end; at += wordAt(at).size()) {
        const ItemWord word = wordAt(at);
        if (isAttribute(word)) {
            const std::uint8_t part = partOf(word);
            skipEarlier(part == ofEventFlag ? event : part == ofLinkFlag ? link : items, at);
        } else if (word.type() == ItemType::event) {
            event = at;
            if ((word.flags() & givenTimeFlag) != 0) continue;
            storeAt(at + 16, time.toUnixNanos(loadAt<std::uint64_t>(at + 16), endTicks));
        } else if (word.type() == ItemType::link) {
            link = at;
        } else if (word.type() == ItemType::time) {
            takeTime(head, at);
        }
    }
    head.end = std::max(head.start, head.end);
}

}

void finishRecords(std::span<std::byte> records, const IdKeys& keys, const TimeBase& time) noexcept {
    std::byte* const end = records.data() + records.size();
    for (std::byte* at = records.data(); at != end;) {
        auto& head = *reinterpret_cast<SpanItem*>(at);
        const std::size_t size = head.word.size();
        const std::uint64_t endTicks = head.end;
        finishHead(head, keys, time);
        finishItems(head, at + sizeof(SpanItem), at + size, endTicks, time);
        at += size;
    }
}

}
