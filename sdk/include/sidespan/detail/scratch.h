#pragma once

#include <cstddef>
#include <cstdint>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/record.h>

namespace sidespan::inline v0::detail {

/// What is known of an open span from its beginning, beside its items.
struct OpenRecord {
    const char* name;
    std::uint64_t start;
    std::uint64_t spanId;  // a counter
    std::uint64_t parentId;
    std::uint64_t traceHigh;
    std::uint64_t traceLow;
    std::uint32_t epoch;  // of the consent it began under; 0 is not recorded
    std::uint8_t nameLength;
    std::uint8_t flags;
    std::uint8_t traceFlags;

    /// The head of the finished record, `itemBytes` of which follow it.
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE SpanItem toHead(std::uint64_t end,
                                                         std::size_t itemBytes) const noexcept {
        const auto word =
            ItemWord::make(ItemType::span, 0, sizeof(SpanItem) + itemBytes, traceFlags, nameLength, flags);
        return {word, name, start, end, spanId, parentId, traceHigh, traceLow};
    }
};

/// Room for the items of one open span (a Room of the item writer): up to 4 KiB of record, never initialised.
/// The last bytes are kept for saying what did not fit.
template <std::size_t Size = maxRecordBytes - sizeof(SpanItem)>
class RecordScratch {
public:
    static constexpr bool neverRefuses = false;

    // Not value-initialised: zeroing costs more than recording.
    RecordScratch() noexcept {}

    /// Begins anew; with no room at all for a span that is not recorded.
    SIDESPAN_ALWAYS_INLINE void open(bool isRecording) noexcept {
        next_ = bytes_;
        limit_ = isRecording ? bytes_ + Size - sizeof(DroppedItem) : bytes_;
        droppedAttributes_ = 0;
        droppedEvents_ = 0;
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
    SIDESPAN_COLD void refused(bool isEvent) noexcept { ++(isEvent ? droppedEvents_ : droppedAttributes_); }

    /// Adds what did not fit; the items that are left.
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE std::size_t close() noexcept {
        if ((droppedAttributes_ | droppedEvents_) != 0) [[unlikely]]
            addDropped();
        return static_cast<std::size_t>(next_ - bytes_);
    }
    [[nodiscard]] const std::byte* items() const noexcept { return bytes_; }

private:
    SIDESPAN_COLD void addDropped() noexcept {
        storeAt(next_, DroppedItem{ItemWord::make(ItemType::dropped, 0, sizeof(DroppedItem)),
                                   droppedAttributes_, droppedEvents_});
        next_ += sizeof(DroppedItem);
    }

    std::byte* next_;
    std::byte* limit_;
    std::uint32_t droppedAttributes_;
    std::uint32_t droppedEvents_;
    alignas(8) std::byte bytes_[Size + 8];  // the hand-off copies 16 bytes at a time
};

}
