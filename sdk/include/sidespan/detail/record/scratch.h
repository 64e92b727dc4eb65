#pragma once

#include <cstddef>
#include <cstdint>

#include <sidespan/consent_epoch.h>
#include <sidespan/detail/compiler.h>
#include <sidespan/detail/record/record.h>
#include <sidespan/detail/record/span_identity.h>

namespace sidespan::inline v0::detail {

/// What is known of an open span from its beginning, beside its items.
struct OpenRecord : SpanIdentity {
    const char* name;
    std::uint64_t start;
    ConsentEpoch epoch;  // it began under; not valid when it is not recorded
    // Said only where `epoch` is not valid: the epoch's number if it is not sampled, else 0. Not a
    // ConsentEpoch, which would be initialised.
    std::uint32_t notSampledUnder;
    std::uint8_t shard;  // of the hand-off, where it began
    std::uint8_t nameLength;

    /// The consent under which it began, sampled or not; not valid if there was none.
    [[nodiscard]] ConsentEpoch heldUnder() const noexcept {
        return epoch.isValid() ? epoch : ConsentEpoch(notSampledUnder);
    }

    /// Turns it into a span that is not recorded and has no context.
    void leaveOut() noexcept {
        epoch = {};
        notSampledUnder = 0;
    }

    /// Writes the head of the finished record, `itemBytes` of which follow it: a word at a time, since
    /// reading back what was just built elsewhere would wait for it.
    SIDESPAN_ALWAYS_INLINE void writeHead(std::byte* to, std::uint64_t end,
                                          std::size_t itemBytes) const noexcept {
        const auto word =
            ItemWord::make(ItemType::span, 0, sizeof(SpanItem) + itemBytes, traceFlags, nameLength, flags);
        storeAt(to + offsetof(SpanItem, word), word);
        storeAt(to + offsetof(SpanItem, name), name);
        storeAt(to + offsetof(SpanItem, start), start);
        storeAt(to + offsetof(SpanItem, end), end);
        SpanIdentity::store(to);
    }
};

/// Room for the items of one open span (a Room of the item writer): up to 4 KiB of record, never initialised.
/// The last bytes are kept for the status message and for saying what did not fit.
template <std::size_t Size = maxRecordBytes - sizeof(SpanItem)>
class RecordScratch {
public:
    static constexpr bool neverRefuses = false;

    // Not value-initialised: zeroing costs more than recording.
    RecordScratch() noexcept {}

    /// Begins anew; with no room at all for a span that is not recorded.
    SIDESPAN_ALWAYS_INLINE void open(bool isRecording) noexcept {
        next_ = bytes_;
        limit_ = isRecording ? bytes_ + Size - sizeof(DroppedItem) - statusRoomBytes : bytes_;
        dropped_ = {};
    }

    [[nodiscard]] SIDESPAN_ALWAYS_INLINE std::byte* reserve(std::size_t size) noexcept {
        if (size > room()) [[unlikely]]
            return nullptr;
        std::byte* at = next_;
        next_ += size;
        return at;
    }
    [[nodiscard]] std::size_t room() const noexcept { return static_cast<std::size_t>(limit_ - next_); }
    [[nodiscard]] static constexpr std::uint32_t depth() noexcept { return 0; }
    void openStatusRoom() noexcept {
        if (limit_ != bytes_) limit_ = bytes_ + Size - sizeof(DroppedItem);
    }
    SIDESPAN_COLD void refused(Part part) noexcept { dropped_.add(part); }

    /// Adds what did not fit; the items that are left.
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE std::size_t close() noexcept {
        if (dropped_.isAny()) [[unlikely]]
            addDropped();
        return static_cast<std::size_t>(next_ - bytes_);
    }
    /// Copies the first `size` bytes, 16 at a time: up to 8 beyond the end, here and there.
    SIDESPAN_ALWAYS_INLINE void copyItems(std::byte* to, std::size_t size) const noexcept {
        struct Block {
            std::uint64_t words[2];
        };
        for (std::size_t at = 0; at < size; at += sizeof(Block)) storeAt(to + at, loadAt<Block>(bytes_ + at));
    }

private:
    SIDESPAN_COLD void addDropped() noexcept {
        storeAt(next_, DroppedItem::make(dropped_));
        next_ += sizeof(DroppedItem);
    }

    std::byte* next_;
    std::byte* limit_;
    DroppedCounts dropped_;
    alignas(8) std::byte bytes_[Size + 8];  // room for copyItems()
};

}
