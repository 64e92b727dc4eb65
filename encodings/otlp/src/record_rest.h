#pragma once

#include <cstddef>
#include <string_view>

#include <sidespan/detail/record/record.h>

namespace sidespan::inline v0::detail {

/// What a record holds besides the span's attributes, collected in the pass that writes these. `firstEvent`
/// and `firstLink` are the record's end if there is none.
struct RecordRest {
    explicit RecordRest(const std::byte* end) noexcept : firstEvent(end), firstLink(end), end_(end) {}

    void note(const std::byte* item, ItemType type) noexcept {
        switch (type) {
            case ItemType::statusMessage:
                statusMessage = {reinterpret_cast<const char*>(item + 8), wordAt(item).length()};
                break;
            case ItemType::event:
                if (firstEvent == end_) firstEvent = item;
                break;
            case ItemType::link:
                if (firstLink == end_) firstLink = item;
                break;
            case ItemType::dropped: {
                const auto counts = loadAt<DroppedItem>(item);
                dropped = {counts.attributes, counts.events, counts.links()};
                break;
            }
            default:  // not a case: a fifth one makes this a jump table, slower for every item
                if (type != ItemType::traceState) return;  // SpanView::traceState() finds it
        }
        isEmpty = false;
    }

    const std::byte* firstEvent;
    const std::byte* firstLink;
    std::string_view statusMessage;
    DroppedCounts dropped;
    bool isEmpty = true;

private:
    const std::byte* end_;
};

}
