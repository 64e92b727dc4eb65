#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan/detail/queue/hand_off.h>
#include <sidespan/lock/null_lock.h>
#include <sidespan/lock/spin_lock.h>

namespace {

using sidespan::ConsentEpoch;
using sidespan::DropReason;
using sidespan::detail::ItemType;
using sidespan::detail::ItemWord;
using sidespan::detail::storeAt;
using sidespan::detail::wordAt;

constexpr std::size_t smallest = 64 * 1024;
constexpr std::size_t shardBytes = smallest / 8;

template <class Lock>
class HandOff : public ::testing::Test {
protected:
    using Queue = sidespan::detail::HandOff<Lock>;

    void SetUp() override { queue.open(ConsentEpoch(1)); }

    bool commit(std::size_t size, std::uint32_t epoch = 1) {
        return queue.commit(queue.home(), size, ConsentEpoch(epoch),
                            [size](std::byte* to) { storeAt(to, ItemWord::make(ItemType::span, 0, size)); });
    }

    struct Drained {
        std::uint64_t records = 0;
        std::size_t bytes = 0;
        bool isWhole = true;
    };
    Drained drain(std::uint32_t epoch = 1) {
        Drained sum;
        queue.drain([&](std::span<std::byte> records, std::uint64_t count, ConsentEpoch under) {
            std::uint64_t found = 0;
            for (std::size_t at = 0; at < records.size(); at += wordAt(&records[at]).size()) ++found;
            sum.isWhole &= found == count && under == ConsentEpoch(epoch);
            sum.records += count;
            sum.bytes += records.size();
        });
        return sum;
    }

    Queue queue{smallest, 1};
};

using Locks = ::testing::Types<std::mutex, sidespan::SpinLock, sidespan::NullLock>;
TYPED_TEST_SUITE(HandOff, Locks);

TYPED_TEST(HandOff, GivesBackWhatWasLeft) {
    this->commit(64);
    this->commit(128);
    EXPECT_EQ(this->queue.counts().queued, 2U);
    const auto drained = this->drain();
    EXPECT_EQ(drained.records, 2U);
    EXPECT_EQ(drained.bytes, 192U);
    EXPECT_TRUE(drained.isWhole);
    EXPECT_EQ(this->drain().records, 0U);
    EXPECT_EQ(this->queue.counts().recorded, 2U);
}

TYPED_TEST(HandOff, DropsWhatItHoldsWhenItOpensForAnotherConsent) {
    this->commit(64);
    this->queue.open(ConsentEpoch(1));
    EXPECT_EQ(this->queue.counts().queued, 1U);
    this->queue.open(ConsentEpoch(2));
    EXPECT_EQ(this->queue.counts().queued, 0U);
    EXPECT_EQ(this->queue.counts().dropped[DropReason::consentWithdrawn], 1U);
    EXPECT_EQ(this->drain().records, 0U);
}

TYPED_TEST(HandOff, TakesUntilAShardIsFullAndAgainOnceItIsDrained) {
    for (std::size_t i = 0; i < shardBytes / 64; ++i) this->commit(64);
    EXPECT_EQ(this->queue.counts().dropped.total(), 0U);
    this->commit(64);
    EXPECT_EQ(this->queue.counts().dropped[DropReason::queueFull], 1U);
    EXPECT_EQ(this->drain().records, shardBytes / 64);
    this->commit(64);
    EXPECT_EQ(this->drain().records, 1U);
}

TYPED_TEST(HandOff, CallsForTheDrainThreadOnceWhenAShardIsHalfFull) {
    int calls = 0;
    for (std::size_t i = 0; i < shardBytes / 64; ++i) {
        const bool isCall = this->commit(64);
        EXPECT_EQ(isCall, i == shardBytes / 128 - 1) << i;
        calls += isCall ? 1 : 0;
    }
    EXPECT_EQ(calls, 1);
    this->drain();
    EXPECT_FALSE(this->commit(64));
}

// Else a single look that was missed would leave it full.
TYPED_TEST(HandOff, CallsForTheDrainThreadForEachRecordThatFindsItFull) {
    for (std::size_t i = 0; i < shardBytes / 64; ++i) static_cast<void>(this->commit(64));
    EXPECT_TRUE(this->commit(64));
    EXPECT_TRUE(this->commit(64));
    EXPECT_EQ(this->queue.counts().dropped[DropReason::queueFull], 2U);
}

TYPED_TEST(HandOff, TakesNothingWhileItIsClosed) {
    this->queue.close(DropReason::shutdown);
    this->commit(64);
    EXPECT_EQ(this->queue.counts().dropped[DropReason::shutdown], 1U);
    EXPECT_EQ(this->queue.counts().recorded, 1U);
    EXPECT_EQ(this->drain().records, 0U);
}

TYPED_TEST(HandOff, TakesNothingOfAnOlderEpoch) {
    this->queue.close(DropReason::consentWithdrawn);
    this->queue.open(ConsentEpoch(2));
    this->commit(64, 1);
    this->commit(64, 2);
    EXPECT_EQ(this->queue.counts().dropped[DropReason::consentWithdrawn], 1U);
    EXPECT_EQ(this->drain(2).records, 1U);
}

TYPED_TEST(HandOff, DropsWhatNobodyHasDrained) {
    this->commit(64);
    this->commit(64);
    this->queue.discard(DropReason::consentWithdrawn);
    EXPECT_EQ(this->queue.counts().dropped[DropReason::consentWithdrawn], 2U);
    EXPECT_EQ(this->queue.counts().queued, 0U);
    EXPECT_EQ(this->drain().records, 0U);
}

TYPED_TEST(HandOff, CountsWhatCouldNotBeRecordedAtAll) {
    this->queue.countDropped(DropReason::tooManyOpen);
    EXPECT_EQ(this->queue.counts().recorded, 1U);
    EXPECT_EQ(this->queue.counts().dropped[DropReason::tooManyOpen], 1U);
}

TYPED_TEST(HandOff, GivesAThreadTheSameShardAgain) {
    auto& home = this->queue.home();
    EXPECT_EQ(&this->queue.home(), &home);
    EXPECT_EQ(&this->queue.shardAt(this->queue.indexOf(home)), &home);
}

TYPED_TEST(HandOff, GivesEachShardARangeOfCounters) {
    std::set<std::uint64_t> counters;
    for (std::size_t i = 0; i < TestFixture::Queue::shardCount; ++i) {
        for (int k = 0; k < 10; ++k) counters.insert(this->queue.shardAt(i).nextCounter());
    }
    EXPECT_EQ(counters.size(), 80U);
    EXPECT_EQ(*counters.begin(), sidespan::detail::firstOfIdRange(1));
    EXPECT_LT(*counters.rbegin(), sidespan::detail::firstOfIdRange(9));
}

/// Threads that stay alive, and do in turn what they are told.
class Crew {
public:
    explicit Crew(std::size_t size) : turns_(size) {
        for (auto& turn : turns_) threads_.emplace_back([this, &turn] { work(turn); });
    }
    ~Crew() {
        for (auto& turn : turns_) give(turn, Turn::over);
        for (auto& thread : threads_) thread.join();
    }
    Crew(const Crew&) = delete;
    Crew& operator=(const Crew&) = delete;

    /// Runs `task` on each thread, one after the other.
    void all(const std::function<void()>& task) {
        task_ = task;
        for (auto& turn : turns_) give(turn, Turn::go);
    }

private:
    enum class Turn { idle, go, over };

    void give(Turn& turn, Turn what) {
        std::unique_lock lock(mutex_);
        turn = what;
        changed_.notify_all();
        changed_.wait(lock, [&] { return turn != Turn::go; });
    }
    void work(Turn& turn) {
        std::unique_lock lock(mutex_);
        for (;;) {
            changed_.wait(lock, [&] { return turn != Turn::idle; });
            if (turn == Turn::over) return;
            task_();
            turn = Turn::idle;
            changed_.notify_all();
        }
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::function<void()> task_;
    std::vector<Turn> turns_;
    std::vector<std::thread> threads_;
};

class HandOffOfThreads : public ::testing::Test {
protected:
    using Queue = sidespan::detail::HandOff<sidespan::SpinLock>;
    void SetUp() override { queue.open(ConsentEpoch(1)); }

    std::size_t countHomes(Crew& crew) {
        std::set<std::size_t> homes;
        crew.all([&] { homes.insert(queue.indexOf(queue.home())); });
        return homes.size();
    }
    Queue queue{smallest, 1};
};

TEST_F(HandOffOfThreads, GivesEightThreadsAShardEach) {
    Crew crew(8);
    EXPECT_EQ(countHomes(crew), 8U);
    EXPECT_EQ(countHomes(crew), 8U);
}

TEST_F(HandOffOfThreads, TakesShardsBackFromThreadsThatHaveNothingToRecord) {
    constexpr int passes = 64;
    Crew idle(8);
    Crew busy(8);
    for (int round = 0; round < 3; ++round) {
        EXPECT_EQ(countHomes(idle), 8U) << "round " << round;
        for (int i = 0; i < passes; ++i) queue.drain([](auto, auto, auto) {});
        EXPECT_EQ(countHomes(busy), 8U) << "round " << round;
        for (int i = 0; i < passes; ++i) queue.drain([](auto, auto, auto) {});
    }
}

TEST_F(HandOffOfThreads, LeavesAShardToAThreadThatRecords) {
    auto& mine = queue.home();
    for (int i = 0; i < 200; ++i) {
        queue.commit(mine, 64, ConsentEpoch(1),
                     [](std::byte* to) { storeAt(to, ItemWord::make(ItemType::span, 0, 64)); });
        queue.drain([](auto, auto, auto) {});
    }
    Crew others(8);
    others.all([&] { static_cast<void>(queue.home()); });
    EXPECT_EQ(&queue.home(), &mine);
}

TEST_F(HandOffOfThreads, PassesOverAShardThatIsHeld) {
    auto& mine = queue.home();
    const auto write = [](std::byte* to) { storeAt(to, ItemWord::make(ItemType::span, 0, 64)); };
    bool isInner = true;
    // The outer record's shard is held while it is written.
    queue.commit(mine, 64, ConsentEpoch(1), [&](std::byte* to) {
        write(to);
        isInner = queue.commit(mine, 64, ConsentEpoch(1), write);
    });
    EXPECT_FALSE(isInner);
    std::size_t shards = 0;
    queue.drain([&](std::span<std::byte> records, std::uint64_t, ConsentEpoch) {
        ++shards;
        EXPECT_EQ(records.size(), 64U);
    });
    EXPECT_EQ(shards, 2U);
}

// Spans of a thread that finds its shard held are drained in another order than they ended.
TEST_F(HandOffOfThreads, SaysWhatWasDroppedWhileShardsAreHeld) {
    queue.countDropped(DropReason::queueFull);
    queue.drain([](auto, auto, auto) {});
    queue.countDropped(DropReason::queueFull);
    sidespan::DropCounts dropped;
    queue.commit(queue.home(), 64, ConsentEpoch(1), [&](std::byte* to) {
        storeAt(to, ItemWord::make(ItemType::span, 0, 64));
        dropped = queue.droppedBefore();
    });
    EXPECT_EQ(dropped[DropReason::queueFull], 1U) << "by the last time that the drain thread looked";
}

}
