#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <vector>

#include <sidespan/detail/drain/lane_sorter.h>
#include <sidespan/detail/drain/record_finisher.h>
#include <sidespan/detail/lane/lane_core.h>
#include <sidespan/resource.h>
#include <sidespan/span.h>
#include <sidespan/span_batch.h>
#include <sidespan/span_view.h>

#include "fuzz_target.h"

using namespace sidespan::detail;

namespace {

constexpr sidespan::ConsentEpoch epoch(1);
constexpr std::size_t mostWords = 480;  // of one group: what one reservation takes
constexpr auto longestName = [] {       // what every pointer leads to
    std::array<char, 256> text{};
    text.fill('n');
    return text;
}();

sidespan::LaneOptions options() {
    sidespan::LaneOptions options;
    options.summaryInterval = {};
    return options;
}

bool hasPointer(ItemWord word) {
    return word.type() == ItemType::span || word.type() == ItemType::event || isAttribute(word);
}

// The words of one group, found as the ring finds them; where an item has a pointer, it gets one that is
// good.
std::vector<std::uint64_t> withPointers(std::vector<std::uint64_t> words) {
    for (std::size_t at = 0; at < words.size();) {
        const ItemWord word(words[at]);
        if (hasPointer(word) && at + 1 < words.size())
            words[at + 1] = reinterpret_cast<std::uintptr_t>(longestName.data());
        if (word.size() == 0 || word.size() % 8 != 0) break;
        at += word.size() / 8;
    }
    return words;
}

void publish(LaneRing& ring, std::span<const std::uint64_t> words) {
    mustHold(ring.acquire(epoch, [&] { ring.useEpoch(epoch); }), "the ring's head is free");
    static_cast<void>(ring.nextCounter());
    if (!words.empty()) std::memcpy(ring.reserve(words.size_bytes()), words.data(), words.size_bytes());
    ring.publish();
}

void publishGoodSpan(LaneRing& ring) {
    std::array<std::uint64_t, 8> words{};
    words[0] = ItemWord::make(ItemType::span, 0, sizeof(SpanItem), 0, 4).bits();
    words[1] = reinterpret_cast<std::uintptr_t>(longestName.data());
    publish(ring, words);
}

// Every record is a span item and whole items behind it, within its bounds.
void check(std::span<const std::byte> records, std::size_t count) {
    std::size_t found = 0;
    for (std::size_t at = 0; at < records.size(); ++found) {
        const ItemWord head = wordAt(records.data() + at);
        mustHold(head.type() == ItemType::span && head.size() >= sizeof(SpanItem),
                 "a record begins with a span");
        mustHold(head.size() <= maxRecordBytes && head.size() <= records.size() - at,
                 "a record is within its bounds");
        const std::size_t end = at + head.size();
        for (at += sizeof(SpanItem); at != end;) {
            const std::size_t size = wordAt(records.data() + at).size();
            mustHold(size >= 8 && size % 8 == 0 && size <= end - at, "an item lies within its record");
            at += size;
        }
    }
    mustHold(found == count, "as many records as are counted");
}

void sort(LaneSorter& sorter, LaneBase& lane) {
    std::uint64_t withdrawn = 0;
    const auto records = sorter.sort(lane, epoch, {1, 1.0}, withdrawn);
    mustHold(lane.ring.isEmpty(), "everything is taken off the ring");
    check(records, sorter.count());
    finishRecords(records, IdKeys(), TimeBase());
    const sidespan::Resource resource;
    for (const auto& span : sidespan::SpanBatch(records, sorter.count(), resource))
        static_cast<void>(span.toSpan(resource));
}

}

// The words of a group, one after the other: item types, sizes, depths, lengths and order as they come.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::vector<std::uint64_t> words(std::min(size / 8, mostWords));
    if (!words.empty()) std::memcpy(words.data(), data, words.size() * 8);
    LaneBase lane(options(), 1e9, 0, 10);
    LaneSorter sorter;
    publishGoodSpan(lane.ring);
    publish(lane.ring, withPointers(std::move(words)));
    sort(sorter, lane);
    publishGoodSpan(lane.ring);
    lane.epoch = epoch;  // an epoch item may have named another
    const std::uint64_t drained = lane.drained.load();
    sort(sorter, lane);
    mustHold(sorter.count() == 1 && lane.drained.load() == drained + 1, "what comes next arrives");
    return 0;
}
