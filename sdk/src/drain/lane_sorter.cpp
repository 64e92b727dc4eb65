#include <algorithm>
#include <chrono>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

#include <sidespan/detail/drain/lane_sorter.h>
#include <sidespan/detail/record/item_writer.h>
#include <sidespan/span_view.h>

namespace sidespan::inline v0::detail {
namespace {

// A block item becomes attributes of this size.
constexpr std::size_t blockAttributeSize = 24;
std::uint32_t countBlockAttributes(const std::byte* item) noexcept {
    return loadAt<BlockItem>(item).budgetTicks == 0 ? 1 : 3;
}

// Writes attributes where there is enough room.
struct FixedRoom {
    static constexpr bool neverRefuses = true;
    std::byte* reserve(std::size_t size) noexcept { return std::exchange(to, to + size); }
    [[nodiscard]] static std::uint32_t depth() noexcept { return 0; }
    [[nodiscard]] static std::size_t room() noexcept { return 0; }
    static void refused(Part) noexcept {}
    std::byte*& to;
};

// 0 if the clock was set back.
std::uint64_t ticksBetween(std::uint64_t start, std::uint64_t end) noexcept {
    return end > start ? end - start : 0;
}

void writeBlockAttributes(std::byte*& to, const BlockItem& block, const SpanItem& span,
                          double nanosPerTick) noexcept {
    FixedRoom room{to};
    item_writer::writeAttribute(room, "audio.block.samples", static_cast<std::int64_t>(block.samples));
    if (block.budgetTicks == 0) return;
    const auto budget = static_cast<double>(block.budgetTicks);
    item_writer::writeAttribute(room, "audio.block.budget_us", budget * nanosPerTick / 1e3);
    item_writer::writeAttribute(room, "audio.block.load",
                                static_cast<double>(ticksBetween(span.start, span.end)) / budget);
}

constexpr std::size_t leastMessage = 16;  // except for an empty one, which replaces earlier ones

std::byte* copyMessage(std::byte* to, const std::byte* item, std::size_t size) noexcept {
    const std::string_view text(reinterpret_cast<const char*>(item + 8), wordAt(item).length());
    const std::size_t length = item_writer::storeCut(to + 8, text, size - 8);
    storeAt(to, ItemWord::make(ItemType::statusMessage, 0, size, length));
    return to + size;
}

// The flag of attributes that may follow: 0, ofEventFlag or ofLinkFlag.
std::uint8_t flagOfPart(ItemType type) noexcept {
    return type == ItemType::event ? ofEventFlag : type == ItemType::link ? ofLinkFlag : std::uint8_t{0};
}

// The part (event or link) that an item is an attribute of, or 0.
std::uint8_t partOfItem(ItemWord word) noexcept {
    return isAttribute(word) ? partOf(word) : std::uint8_t{0};
}

std::size_t sizeInRecord(const std::byte* item) noexcept {
    const ItemWord word = wordAt(item);
    return word.type() == ItemType::block ? countBlockAttributes(item) * blockAttributeSize : word.size();
}

// Counts an item that is left out. As outside lanes, the attributes of an event or a link that is left out
// are not counted.
void countLeftOut(DroppedCounts& dropped, const std::byte* item) noexcept {
    switch (wordAt(item).type()) {
        case ItemType::event:
            return dropped.add(Part::event);
        case ItemType::link:
            return dropped.add(Part::link);
        case ItemType::block:
            return dropped.add(Part::attribute, countBlockAttributes(item));
        default:
            return dropped.add(Part::attribute);
    }
}

bool isKind(std::uint8_t flags) noexcept {
    return (flags & kindMask) >> kindShift <= static_cast<std::uint8_t>(SpanKind::consumer);
}

bool isWithin(ItemWord word, std::size_t bytes) noexcept {
    return word.size() >= 16 + bytes && word.size() <= 16 + roundUpTo8(maxTextBytes);
}

// Whether the elements lie within their item.
bool isSoundArray(const std::byte* item) noexcept {
    const ItemWord word = wordAt(item);
    const auto array = decodeArray(item);
    if (array.type() == AttributeArrayView::Type::boolean) return isWithin(word, array.size());
    if (array.type() != AttributeArrayView::Type::text)
        return isWithin(word, array.size() * sizeof(std::uint64_t));
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < array.size(); ++i) {
        if (!isWithin(word, bytes + textSizeBytes)) return false;
        bytes += textSizeBytes + loadAt<std::uint16_t>(item + 16 + bytes);
    }
    return isWithin(word, bytes);
}

// Whether the item is of a type that a lane's producer writes, and its content lies within its size.
bool isSound(const std::byte* item) noexcept {
    const ItemWord word = wordAt(item);
    switch (word.type()) {
        case ItemType::span:
            return word.size() == sizeof(SpanItem) && isKind(word.flags());
        case ItemType::text:
            return isWithin(word, word.length());
        case ItemType::array:
            return isSoundArray(item);
        case ItemType::skip:
            return word.size() == sizeof(ItemWord);
        case ItemType::statusMessage:
            return word.size() >= 8 + word.length() && word.size() <= 8 + roundUpTo8(maxTextBytes);
        case ItemType::integer:
        case ItemType::real:
        case ItemType::boolean:
        case ItemType::event:
            return word.size() == 24;
        case ItemType::link:
            return word.size() == 32;
        case ItemType::block:
            return word.size() == sizeof(BlockItem) && word.depth() == 0;
        default:
            return false;
    }
}

}

std::span<std::byte> LaneSorter::sort(LaneBase& lane, ConsentEpoch epoch, const LaneTime& time,
                                      std::uint64_t& withdrawn) noexcept {
    records_.clear();
    count_ = 0;
    nanosPerTick_ = time.nanosPerTick;
    laneNumber_ = lane.number;
    startGroup();
    std::uint64_t drained = 0;
    std::uint64_t broken = 0;
    std::uint64_t lost = 0;
    const auto finish = [&] {
        if (lane.epoch == epoch) finishGroup();
        (group_.isBroken ? broken : group_.isLost ? lost : drained) += group_.spans;
        withdrawn += lane.epoch == epoch || group_.isBroken || group_.isLost ? 0 : group_.spans;
        startGroup();
    };
    const auto add = [&](const std::byte* item) {
        const ItemWord word = wordAt(item);
        const bool isEpoch = word.type() == ItemType::epoch;
        if (isEpoch || (word.type() == ItemType::span && word.depth() == 0)) finish();
        if (!isEpoch) return addItem(item);
        lane.epoch = ConsentEpoch(static_cast<std::uint32_t>(word.bits() >> 32U));
    };
    const std::uint64_t end = lane.ring.read(add, [this] { breakGroup(); });
    finish();
    lane.ring.release(end);
    if (summaries_.append(lane, epoch, time, records_)) {
        ++drained;
        ++count_;
    }
    lane.drained.store(lane.drained.load(std::memory_order_relaxed) + drained, std::memory_order_relaxed);
    lane.broken.store(lane.broken.load(std::memory_order_relaxed) + broken, std::memory_order_relaxed);
    lane.lost.store(lane.lost.load(std::memory_order_relaxed) + lost, std::memory_order_relaxed);
    return records_;
}

void LaneSorter::startGroup() noexcept {
    items_.clear();
    group_ = {};
}

// Counts at least one span: the group may have lost even its outermost one.
void LaneSorter::breakGroup() noexcept {
    group_.isBroken = true;
    group_.spans = std::max<std::uint64_t>(group_.spans, 1);
}

// Checks that the item's span exists, that a span's parent one level further out exists, and that attributes
// of an event or a link follow it.
void LaneSorter::addItem(const std::byte* item) noexcept {
    const ItemWord word = wordAt(item);
    const bool isSpan = word.type() == ItemType::span;
    const bool isPlaced = isSpan ? word.depth() <= group_.depths : word.depth() < group_.depths;
    const std::uint8_t part = partOfItem(word);
    const bool follows = part == group_.part && word.depth() == group_.partDepth;
    if (!isSound(item) || !isPlaced || (part != 0 && !follows)) breakGroup();
    if (part == 0) {
        group_.part = flagOfPart(word.type());
        group_.partDepth = word.depth();
    }
    if (isSpan) {
        ++group_.spans;
        group_.depths = std::max(group_.depths, word.depth() + 1);
    }
    try {
        items_.push_back({item, noOwner});
    } catch (const std::bad_alloc&) {
        group_.isLost = true;
    }
}

// A group is one outermost span and everything within it.
void LaneSorter::finishGroup() noexcept {
    if (items_.empty() || group_.isBroken || group_.isLost) return;
    const std::size_t before = records_.size();
    try {
        assignOwners();
        std::size_t size = before;
        for (const auto& owner : owners_) size += owner.size;
        records_.resize(size);
    } catch (const std::bad_alloc&) {
        group_.isLost = true;
        return;
    }
    std::byte* to = records_.data() + before;
    for (auto& owner : owners_) {
        owner.record = owner.to = to;
        to += owner.size;
    }
    for (const auto& item : items_) copyItem(item);
    count_ += owners_.size();
}

// Finds each item's span by its depth. Leaves out items that do not fit the span's record, and cuts a status
// message to what fits.
void LaneSorter::assignOwners() {
    constexpr std::size_t most = maxRecordBytes - sizeof(DroppedItem);
    owners_.clear();
    bool isLastPartOut = false;
    for (auto& item : items_) {
        const ItemWord word = wordAt(item.at);
        if (word.type() == ItemType::span) {
            ownerAtDepth_[word.depth()] = static_cast<std::uint32_t>(owners_.size());
            item.owner = ownerAtDepth_[word.depth()];
            owners_.push_back({sizeof(SpanItem), {}, nullptr, nullptr});
            continue;
        }
        auto& owner = owners_[ownerAtDepth_[word.depth()]];
        const bool goesWithPart = partOfItem(word) != 0 && isLastPartOut;
        const bool isMessage = word.type() == ItemType::statusMessage;
        const std::size_t limit = isMessage ? most : most - statusRoomBytes;
        const std::size_t size = isMessage ? std::min(word.size(), most - owner.size) : sizeInRecord(item.at);
        const bool isOut = goesWithPart || word.type() == ItemType::skip || owner.size + size > limit ||
                           (isMessage && size < std::min(word.size(), leastMessage));
        if (flagOfPart(word.type()) != 0) isLastPartOut = isOut;
        if (!isOut) {
            item.owner = ownerAtDepth_[word.depth()];
            owner.size += size;
        } else if (!goesWithPart && !isMessage) {
            countLeftOut(owner.dropped, item.at);
        }
    }
    for (auto& owner : owners_) {
        if (owner.dropped.isAny()) owner.size += sizeof(DroppedItem);
    }
}

void LaneSorter::copyItem(const Item& item) noexcept {
    if (item.owner == noOwner) return;
    auto& owner = owners_[item.owner];
    const ItemWord word = wordAt(item.at);
    if (word.type() == ItemType::block) {
        writeBlockAttributes(owner.to, loadAt<BlockItem>(item.at), loadAt<SpanItem>(owner.record),
                             nanosPerTick_);
        return;
    }
    if (word.type() == ItemType::statusMessage) {
        const auto left = static_cast<std::size_t>(owner.record + owner.size - owner.to);
        owner.to = copyMessage(owner.to, item.at, std::min(word.size(), left));
        return;
    }
    std::memcpy(owner.to, item.at, word.size());
    if (word.type() == ItemType::span) {
        storeAt(owner.to, ItemWord::make(ItemType::span, laneNumber_, owner.size,
                                         SpanIdentity::withoutBlock(static_cast<std::uint8_t>(word.length())),
                                         word.keyLength(), word.flags()));
    }
    owner.to += word.size();
    if (word.type() == ItemType::span && owner.dropped.isAny()) {
        storeAt(owner.to, DroppedItem::make(owner.dropped));
        owner.to += sizeof(DroppedItem);
    }
}

}
