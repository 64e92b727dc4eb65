#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan/detail/record/slot_table.h>

namespace {

using sidespan::SpanHandle;
using sidespan::detail::SlotTable;

TEST(SlotTable, GivesEverySlotOnceAndThenNone) {
    SlotTable table(0);
    std::set<SlotTable::Slot*> slots;
    for (std::size_t i = 0; i < SlotTable::slotCount; ++i) {
        const auto taken = table.take(i);
        ASSERT_NE(taken.slot, nullptr);
        EXPECT_TRUE(taken.handle.isValid());
        slots.insert(taken.slot);
        table.leave(*taken.slot);
    }
    EXPECT_EQ(slots.size(), SlotTable::slotCount);
    EXPECT_EQ(table.take(0).slot, nullptr);
}

TEST(SlotTable, FindsASlotByItsHandleUntilItIsGivenBack) {
    SlotTable table(42);
    const auto taken = table.take(3);
    table.leave(*taken.slot);
    EXPECT_EQ(table.find(taken.handle), taken.slot);
    table.giveBack(*taken.slot);
    EXPECT_EQ(table.find(taken.handle), nullptr);
}

TEST(SlotTable, GivesANewHandleWithEveryUse) {
    SlotTable table(42);
    std::set<std::uint64_t> handles;
    for (int i = 0; i < 1000; ++i) {
        const auto taken = table.take(0);
        handles.insert(taken.handle.value());
        table.giveBack(*taken.slot);
    }
    EXPECT_EQ(handles.size(), 1000U);
}

TEST(SlotTable, FindsNothingByAHandleItNeverGave) {
    SlotTable table(0);
    const auto taken = table.take(0);
    table.giveBack(*taken.slot);
    EXPECT_EQ(table.find(SpanHandle()), nullptr);
    EXPECT_EQ(table.find(SpanHandle(~std::uint64_t{0})), nullptr);
    for (std::uint64_t generation = 0; generation < 8; ++generation)
        EXPECT_EQ(table.find(SpanHandle(generation << 16U)), nullptr) << generation;
}

TEST(SlotTable, LetsOneThreadInAtATime) {
    SlotTable table(7);
    const auto taken = table.take(0);
    table.leave(*taken.slot);
    int inside = 0;  // a data race, and a wrong sum, if two threads are inside
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int k = 0; k < 5'000; ++k) {
                auto* slot = table.find(taken.handle);
                ++inside;
                table.leave(*slot);
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(inside, 20'000);
}

TEST(SlotTable, IsSharedByThreadsWithoutGivingASlotTwice) {
    SlotTable table(7);
    std::vector<std::atomic<int>> users(SlotTable::slotCount);
    std::atomic<bool> isShared{false};
    std::vector<std::thread> threads;
    auto* const first = table.take(0).slot;
    table.giveBack(*first);
    for (std::size_t i = 0; i < 4; ++i) {
        threads.emplace_back([&, i] {
            for (int k = 0; k < 5'000; ++k) {
                const auto taken = table.take(i);
                if (taken.slot == nullptr) continue;
                auto& user = users[static_cast<std::size_t>(taken.handle.value() & 0xffffU)];
                if (user.fetch_add(1) != 0) isShared = true;
                user.fetch_sub(1);
                table.giveBack(*taken.slot);
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_FALSE(isShared);
}

}
