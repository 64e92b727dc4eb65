#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <sidespan/detail/drain/load_summaries.h>
#include <sidespan/detail/lane/lane_core.h>
#include <sidespan/detail/record/record.h>

namespace sidespan::inline v0::detail {

/// Turns what a lane published, the items of nested spans interleaved, into records that each hold one span,
/// as the hand-off's are. Items that would take a record beyond its 4 KiB are left out and counted on the
/// span. Drain thread.
///
/// Whatever bytes are in the ring, it ends and reads nothing but them and the literals that they point to: a
/// group that no single producer can have written is dropped and counted.
class LaneSorter {
public:
    /// Takes everything published off the lane's ring, and adds a summary of its load when one is due. The
    /// records, good until the next call; spans begun under another consent epoch than `epoch` are counted
    /// into `withdrawn` instead.
    [[nodiscard]] std::span<std::byte> sort(LaneBase& lane, ConsentEpoch epoch, const LaneTime& time,
                                            std::uint64_t& withdrawn) noexcept;
    /// How many records the last call made.
    [[nodiscard]] std::size_t count() const noexcept { return count_; }

private:
    static constexpr std::uint32_t noOwner = ~std::uint32_t{0};

    struct Item {
        const std::byte* at;
        std::uint32_t owner;  // which span of the group it belongs to; noOwner when it did not fit
    };
    struct Owner {
        std::size_t size;  // of its record
        DroppedCounts dropped;
        std::byte* record;
        std::byte* to;  // where its next item goes
    };

    // An outermost span and everything within it, as far as it has been read.
    struct Group {
        std::uint64_t spans = 0;
        std::uint32_t depths = 0;     // how many levels it has
        std::uint8_t part = 0;        // the part whose attributes may follow: ofEventFlag, ofLinkFlag or 0
        std::uint32_t partDepth = 0;  // and how deep it is
        bool isBroken = false;
        bool isLost = false;  // there was no memory for it
    };

    void startGroup() noexcept;
    void addItem(const std::byte* item) noexcept;
    void breakGroup() noexcept;
    void finishGroup() noexcept;
    void assignOwners();
    void copyItem(const Item& item) noexcept;

    std::vector<std::byte> records_;
    Group group_;
    std::vector<Item> items_;
    std::vector<Owner> owners_;
    std::array<std::uint32_t, 256> ownerAtDepth_{};
    double nanosPerTick_ = 1;
    std::uint8_t laneNumber_ = 1;
    LoadSummaries summaries_;
    std::size_t count_ = 0;
};

}
