#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

#include <sidespan/detail/platform.h>
#include <sidespan/detail/record/scratch.h>
#include <sidespan/span_handle.h>

namespace sidespan::inline v0::detail {

/// Room for spans that are open by handle: a fixed number of slots. A handle is a slot's number and the
/// slot's generation, so finding one takes no search and an old handle finds nothing. A slot is used by one
/// thread at a time; another one waits for as long as writing an attribute takes.
class SlotTable {
public:
    static constexpr std::size_t groupCount = 8;
    static constexpr std::size_t slotsPerGroup = 32;
    static constexpr std::size_t slotCount = groupCount * slotsPerGroup;

    struct Slot {
        OpenRecord record;
        RecordScratch<> scratch;
    };

    /// `seed` sets two tables' handles apart, so that one's name nothing in the other.
    explicit SlotTable(std::uint64_t seed)
        : firstGeneration_((seed >> unusedSeedBits) | 1U),
          slots_(std::make_unique_for_overwrite<Slot[]>(slotCount)) {}

    struct Taken {
        Slot* slot;
        SpanHandle handle;
    };

    /// A free slot, from the group that `hint` says if it has one; the caller is inside it. Null when all are
    /// taken.
    [[nodiscard]] Taken take(std::size_t hint) noexcept {
        for (std::size_t i = 0; i < groupCount; ++i) {
            const std::size_t group = (hint + i) % groupCount;
            auto& free = groups_[group].free;
            std::uint32_t mask = free.load(std::memory_order_relaxed);
            while (mask != 0) {
                const auto bit = static_cast<unsigned>(std::countr_zero(mask));
                if (!free.compare_exchange_weak(mask, mask & (mask - 1), std::memory_order_acquire)) continue;
                return enter(group * slotsPerGroup + bit);
            }
        }
        return {nullptr, {}};
    }

    /// The handle of a span that is not recorded contains that fact; it finds the same slot.
    [[nodiscard]] static constexpr SpanHandle notRecorded(SpanHandle handle) noexcept {
        return SpanHandle(handle.value() | notRecordedBit);
    }
    [[nodiscard]] static constexpr bool isRecorded(SpanHandle handle) noexcept {
        return (handle.value() & notRecordedBit) == 0;
    }

    /// The slot of an open span, with the caller inside; null when the handle names none.
    [[nodiscard]] Slot* find(SpanHandle handle) noexcept {
        const std::size_t index = handle.value() & indexMask;
        if (!handle.isValid() || index >= slotCount) return nullptr;
        const std::uint64_t open = openState(handle.value() >> indexBits);
        std::uint64_t expected = open;
        while (!stateOf(index).compare_exchange_weak(expected, open | insideBit, std::memory_order_acquire)) {
            if ((expected & ~insideBit) != open) return nullptr;
            platform::pause();
            expected = open;
        }
        return &slots_[index];
    }

    /// Leaves a slot whose span stays open.
    void leave(const Slot& slot) noexcept {
        auto& state = stateOf(indexOf(slot));
        state.store(state.load(std::memory_order_relaxed) & ~insideBit, std::memory_order_release);
    }

    /// Leaves a slot whose span has ended.
    void giveBack(const Slot& slot) noexcept {
        const std::size_t index = indexOf(slot);
        auto& state = stateOf(index);
        state.store(freeState((state.load(std::memory_order_relaxed) >> generationShift) + 1),
                    std::memory_order_release);
        groups_[index / slotsPerGroup].free.fetch_or(1U << (index % slotsPerGroup),
                                                     std::memory_order_release);
    }

private:
    static constexpr unsigned indexBits = 16;
    static constexpr std::uint64_t notRecordedBit = 1U << (indexBits - 1);
    static constexpr std::uint64_t indexMask = notRecordedBit - 1;
    static constexpr unsigned unusedSeedBits = 20;  // leaves room for the generation to grow

    // A slot's state: generation, whether its span is open, whether a thread is inside.
    static constexpr unsigned generationShift = 2;
    static constexpr std::uint64_t openBit = 2;
    static constexpr std::uint64_t insideBit = 1;
    static constexpr std::uint64_t freeState(std::uint64_t generation) noexcept {
        return generation << generationShift;
    }
    static constexpr std::uint64_t openState(std::uint64_t generation) noexcept {
        return freeState(generation) | openBit;
    }

    struct alignas(64) Group {
        std::atomic<std::uint32_t> free{~std::uint32_t{0}};
        std::array<std::atomic<std::uint64_t>, slotsPerGroup> states{};
    };

    [[nodiscard]] std::atomic<std::uint64_t>& stateOf(std::size_t index) noexcept {
        return groups_[index / slotsPerGroup].states[index % slotsPerGroup];
    }
    [[nodiscard]] std::size_t indexOf(const Slot& slot) const noexcept {
        return static_cast<std::size_t>(&slot - slots_.get());
    }

    // A free slot is nobody's; its generation only ever grows, and the first one is not 0 so that no handle
    // is.
    Taken enter(std::size_t index) noexcept {
        auto& state = stateOf(index);
        const std::uint64_t before = state.load(std::memory_order_relaxed);
        const std::uint64_t generation = before == 0 ? firstGeneration_ : before >> generationShift;
        state.store(openState(generation) | insideBit, std::memory_order_relaxed);
        return {&slots_[index], SpanHandle((generation << indexBits) | index)};
    }

    std::uint64_t firstGeneration_;
    std::array<Group, groupCount> groups_;
    std::unique_ptr<Slot[]> slots_;  // not initialised: a slot's memory is touched when it is first used
};

}
