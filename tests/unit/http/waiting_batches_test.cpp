#include <algorithm>
#include <cstddef>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "batch_of.h"
#include "outbox/waiting_batches.h"

namespace sidespan::detail {
namespace {

std::size_t comparisons = 0;

struct CountingLess {
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
        ++comparisons;
        return a < b;
    }
};

// As a run takes over what earlier ones left, in whatever order the directory gives, and sends it.
std::size_t comparisonsFor(std::size_t batches) {
    std::minstd_rand random(1);
    comparisons = 0;
    WaitingBatches<CountingLess> waiting;
    for (std::size_t i = 0; i < batches; ++i) {
        auto batch = std::make_unique<Batch>();
        batch->isRecovered = true;
        batch->begun = DeliveryClock::Time(DeliveryClock::Time::duration(random()));
        waiting.add(batch);
    }
    auto last = DeliveryClock::Time::min();
    while (const auto* next = waiting.nextToSend()) {
        EXPECT_EQ(waiting.oldestOfThisRun(), nullptr);
        EXPECT_GE(next->begun, last);
        last = next->begun;
        static_cast<void>(waiting.remove(*next));
    }
    return comparisons;
}

TEST(WaitingBatches, FourTimesAsManyCostHardlyMoreThanFourTimes) {
    EXPECT_LT(comparisonsFor(20'000), 5 * comparisonsFor(5'000));
}

TEST(WaitingBatches, SendsWhatFailedLeastOftenAndDropsWhatIsOldest) {
    WaitingBatches<> waiting;
    const auto add = [&](std::uint64_t sequence, std::uint32_t attempts) {
        auto batch = batchOf({"a"});
        batch->sequence = sequence;
        batch->attempts = attempts;
        return &waiting.add(batch);
    };
    const auto* failed = add(1, 2);
    const auto* fresh = add(3, 0);
    const auto* part = add(3, 0);
    const auto* recovered = add(0, 1);
    EXPECT_EQ(waiting.nextToSend(), fresh);
    EXPECT_EQ(waiting.oldest(), recovered);
    EXPECT_EQ(waiting.oldestOfThisRun(), failed);
    EXPECT_EQ(waiting.size(), 4U);
    std::vector<const Batch*> all;
    waiting.forEach([&](const Batch& batch) {
        all.push_back(&batch);
        static_cast<void>(waiting.remove(batch));
    });
    EXPECT_EQ(all, (std::vector<const Batch*>{recovered, failed, fresh, part}));
    EXPECT_TRUE(waiting.isEmpty());
    EXPECT_EQ(waiting.nextToSend(), nullptr);
}

}
}
