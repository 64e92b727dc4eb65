#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <sidespan/span_kind.h>
#include <sidespan/span_status.h>

/// The bytes in which spans travel from a handle to a sink: a stream of items, each 8-byte aligned and led by
/// one word.
///
/// A finished record is a span item followed by its attributes, events and links, at most `maxRecordBytes` in
/// all; the drain thread may add a sampler's threshold to it. On a lane the items of nested spans are
/// interleaved, each carrying its owner's depth, and the drain thread sorts them out.
namespace sidespan::inline v0::detail {

inline constexpr std::size_t maxRecordBytes = 4096;
/// Of a record that attributes and events leave to the status message: why it failed is what is asked first.
inline constexpr std::size_t statusRoomBytes = 256;

enum class ItemType : std::uint8_t {
    span,           // SpanItem
    text,           // word, key, characters; length in the word
    integer,        // word, key, std::int64_t
    real,           // word, key, double
    boolean,        // word, key, std::uint64_t of 0 or 1
    event,          // word, name, ticks (Unix nanoseconds once drained); its attributes follow
    link,           // word, trace id high, trace id low, span id; flags in the word; its attributes follow
    statusMessage,  // word, characters; length in the word
    dropped,        // DroppedItem
    traceState,     // not on a lane: word, characters; length in the word
    skip,   // overwritten by a later value of the same key; on a lane, an attribute that was too large
    wrap,   // lane only: the stream goes on at the start of the ring
    epoch,  // lane only: word; the consent epoch of what follows is in its upper half
    block,  // lane only: BlockItem; becomes the audio.block attributes
    array,  // word, key, elements; how many in the word, of what type in its flags
    name,   // not on a lane: word, characters; length in the word. The span's where its item has none
    time,   // not on a lane: word, Unix nanoseconds; becomes the span's start or end, by its flags
};

/// The first word of an item. Bits 0-7 type, 8-15 depth (in a finished span: its lane's number), 16-31 size
/// in bytes, 32-47 length, 48-55 key length, 56-63 flags.
class ItemWord {
public:
    constexpr ItemWord() noexcept = default;
    constexpr explicit ItemWord(std::uint64_t bits) noexcept : bits_(bits) {}
    static constexpr ItemWord make(ItemType type, std::uint64_t depth, std::uint64_t size,
                                   std::uint64_t length = 0, std::uint64_t keyLength = 0,
                                   std::uint64_t flags = 0) noexcept {
        return ItemWord(static_cast<std::uint64_t>(type) | (depth << 8U) | (size << 16U) | (length << 32U) |
                        (keyLength << 48U) | (flags << 56U));
    }

    /// The same at another depth.
    [[nodiscard]] constexpr ItemWord atDepth(std::uint8_t depth) const noexcept {
        return ItemWord((bits_ & ~std::uint64_t{0xff00U}) | (std::uint64_t{depth} << 8U));
    }

    /// The same with another size.
    [[nodiscard]] constexpr ItemWord withSize(std::size_t size) const noexcept {
        return ItemWord((bits_ & ~(std::uint64_t{0xffffU} << 16U)) | (std::uint64_t{size} << 16U));
    }

    [[nodiscard]] constexpr std::uint64_t bits() const noexcept { return bits_; }
    [[nodiscard]] constexpr ItemType type() const noexcept { return static_cast<ItemType>(bits_ & 0xffU); }
    [[nodiscard]] constexpr std::uint32_t depth() const noexcept { return (bits_ >> 8U) & 0xffU; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return (bits_ >> 16U) & 0xffffU; }
    [[nodiscard]] constexpr std::size_t length() const noexcept { return (bits_ >> 32U) & 0xffffU; }
    [[nodiscard]] constexpr std::size_t keyLength() const noexcept { return (bits_ >> 48U) & 0xffU; }
    [[nodiscard]] constexpr std::uint8_t flags() const noexcept {
        return static_cast<std::uint8_t>(bits_ >> 56U);
    }

private:
    std::uint64_t bits_ = 0;
};

/// Flags of attribute items: the part that they belong to, if it is not the span, and in bits 2-3 the type of
/// an array's elements.
inline constexpr std::uint8_t ofEventFlag = 1;  // belongs to the event before it
inline constexpr std::uint8_t ofLinkFlag = 2;   // belongs to the link before it
inline constexpr std::uint8_t ofPartMask = ofEventFlag | ofLinkFlag;
inline constexpr unsigned elementTypeShift = 2;
inline constexpr unsigned elementTypeMask = 3;
inline constexpr std::size_t textSizeBytes = 2;  // what leads each text of an array

/// Of event items: the time is in Unix nanoseconds already.
inline constexpr std::uint8_t givenTimeFlag = 1;
/// Of time items: which it is.
inline constexpr std::uint8_t startTimeFlag = 1;
inline constexpr std::uint8_t endTimeFlag = 2;

/// Flags of span items: status in bits 0-1, kind in bits 2-4, then these.
inline constexpr std::uint8_t statusMask = 0x03;
inline constexpr unsigned kindShift = 2;
inline constexpr std::uint8_t kindMask = 0x07U << kindShift;
inline constexpr std::uint8_t traceFromCounterFlag = 0x20;   // traceHigh is the root's counter, not an id
inline constexpr std::uint8_t parentFromCounterFlag = 0x40;  // parentId is a counter, not an id
inline constexpr std::uint8_t remoteParentFlag = 0x80;

/// In addition to W3C's flags of a link's target (opentelemetry/proto/trace/v1, SpanFlags).
inline constexpr unsigned remoteKnownFlag = 0x100;
inline constexpr unsigned remoteFlag = 0x200;

/// A span item. While it is on its way, ids are counters and times are ticks; the drain thread replaces them.
struct SpanItem {
    ItemWord word;  // size: of the item on a lane, of the whole record elsewhere; length: W3C trace flags
    const char* name;
    std::uint64_t start;
    std::uint64_t end;
    std::uint64_t spanId;
    std::uint64_t parentId;
    std::uint64_t traceHigh;
    std::uint64_t traceLow;

    [[nodiscard]] SpanStatus status() const noexcept {
        return static_cast<SpanStatus>(word.flags() & statusMask);
    }
    [[nodiscard]] SpanKind kind() const noexcept {
        return static_cast<SpanKind>((word.flags() & kindMask) >> kindShift);
    }
};
static_assert(sizeof(SpanItem) == 64);

/// What can be said about a span, and may not fit.
enum class Part : std::uint8_t { attribute, event, link };

/// How many parts of a span did not fit.
struct DroppedCounts {
    std::uint32_t attributes = 0;
    std::uint32_t events = 0;
    std::uint32_t links = 0;

    constexpr void add(Part part, std::uint32_t count = 1) noexcept {
        (part == Part::event ? events : part == Part::link ? links : attributes) += count;
    }
    [[nodiscard]] constexpr bool isAny() const noexcept { return (attributes | events | links) != 0; }
};

/// The same in a record. The upper half of the word counts links.
struct DroppedItem {
    ItemWord word;
    std::uint32_t attributes;
    std::uint32_t events;

    static constexpr DroppedItem make(const DroppedCounts& counts) noexcept {
        const auto word = ItemWord::make(ItemType::dropped, 0, sizeof(DroppedItem)).bits();
        return {ItemWord(word | (std::uint64_t{counts.links} << 32U)), counts.attributes, counts.events};
    }
    [[nodiscard]] constexpr std::uint32_t links() const noexcept {
        return static_cast<std::uint32_t>(word.bits() >> 32U);
    }
};
static_assert(sizeof(DroppedItem) == 16);

/// What is known of an audio block beside its span.
struct BlockItem {
    ItemWord word;
    std::uint64_t samples;
    std::uint64_t budgetTicks;
};
static_assert(sizeof(BlockItem) == 24);

template <class T>
[[nodiscard]] inline T loadAt(const std::byte* at) noexcept {
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

template <class T>
inline void storeAt(std::byte* at, const T& value) noexcept {
    std::memcpy(at, &value, sizeof value);
}

[[nodiscard]] inline ItemWord wordAt(const std::byte* at) noexcept {
    return loadAt<ItemWord>(at);
}

[[nodiscard]] constexpr std::size_t roundUpTo8(std::size_t size) noexcept {
    return (size + 7U) & ~std::size_t{7U};
}

}
