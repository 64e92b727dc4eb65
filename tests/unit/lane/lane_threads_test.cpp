#include "lanes.h"

#include <atomic>
#include <random>
#include <thread>

namespace {

using namespace sidespan::test;
using sidespan::DropReason;
using sidespan::testing::recorded;

/// Threads that all record on one lane, as a host does that calls processBlock() twice at once.
class LaneOfThreads : public ::testing::TestWithParam<int> {
protected:
    static constexpr int turns = 3'000;

    /// Calls `record(turn)` in a tight loop on each thread; it says whether its span was recorded. The
    /// threads come to each turn together, and wait there for as long as chance will have it.
    template <class Record>
    void race(Record record) {
        std::vector<std::thread> threads;
        for (int i = 0; i < GetParam(); ++i) {
            threads.emplace_back([this, &record, i] {
                std::minstd_rand random(static_cast<unsigned>(i + 1));
                for (int turn = 0; turn < turns; ++turn) {
                    meet(turn);
                    for (auto looks = random() % 64; looks > 0; --looks) static_cast<void>(arrived_.load());
                    ++(record(turn) ? entered_ : refused_);
                }
            });
        }
        for (auto& thread : threads) thread.join();
    }
    /// Returns on every thread at about the same moment, where each has a processor.
    void meet(int turn) {
        constexpr int looksBeforeYield = 1'000;
        ++arrived_;
        for (int looks = 0; arrived_ < GetParam() * (turn + 1); ++looks) {
            if (looks > looksBeforeYield) std::this_thread::yield();
        }
    }
    /// Around what a thread does within its outermost span: notes when another one is there too.
    void enter() {
        if (inside_.fetch_add(1, std::memory_order_relaxed) != 0) isTogether_ = true;
    }
    void leave() { inside_.fetch_sub(1, std::memory_order_relaxed); }

    ThreadedRecorder recorder_{laneConfig()};
    ThreadedRecorder::Lane lane_ = recorder_.openLane(quietLane());
    std::atomic<int> arrived_{0};
    std::atomic<int> inside_{0};
    std::atomic<bool> isTogether_{false};
    std::atomic<std::uint64_t> entered_{0};
    std::atomic<std::uint64_t> refused_{0};
};

TEST_P(LaneOfThreads, LetsOneInAndCountsTheOthers) {
    race([&](int turn) {
        auto root = lane_.span("root");
        if (!root.isRecording()) return false;
        enter();
        root.set("turn", turn);
        {
            auto child = root.child("child");
            child.set("text", "of the child");
        }
        leave();
        return true;
    });
    EXPECT_FALSE(isTogether_);
    EXPECT_EQ(entered_ + refused_, static_cast<std::uint64_t>(GetParam() * turns));
    EXPECT_EQ(lane_.misuses(), refused_);
    const auto spans = recorded(recorder_);
    const auto stats = recorder_.stats();
    EXPECT_EQ(stats.recorded, 2 * entered_);
    EXPECT_EQ(stats.dropped.total(), stats.dropped[DropReason::laneFull]);
    EXPECT_EQ(stats.delivered, spans.size());
    EXPECT_TRUE(stats.isConserved());
    for (const auto& span : spans)
        EXPECT_TRUE(span.attributes.contains(span.name == "root" ? "turn" : "text")) << span.name;
    EXPECT_TRUE(recorder_.shutdown(patience));
}

TEST_P(LaneOfThreads, LetsOneBlockInAndCountsTheOthers) {
    lane_.keepAll(true);
    race([&](int) {
        auto block = lane_.block(tenMillis);
        if (!block.isRecording()) return false;
        enter();
        block.set("a", 1);
        leave();
        return true;
    });
    EXPECT_FALSE(isTogether_);
    EXPECT_EQ(entered_ + refused_, static_cast<std::uint64_t>(GetParam() * turns));
    EXPECT_EQ(lane_.misuses(), refused_);
    EXPECT_TRUE(recorder_.flush(patience));
    const auto stats = recorder_.stats();
    EXPECT_EQ(stats.recorded + stats.notKept, entered_);
    EXPECT_TRUE(stats.isConserved());
}

INSTANTIATE_TEST_SUITE_P(AtOnce, LaneOfThreads, ::testing::Values(2, 4), ::testing::PrintToStringParamName());

}
