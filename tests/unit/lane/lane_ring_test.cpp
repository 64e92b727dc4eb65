#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <random>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan/detail/lane/lane_ring.h>
#include <sidespan/detail/record/id_keys.h>

namespace {

using sidespan::detail::firstOfIdRange;
using sidespan::detail::ItemType;
using sidespan::detail::ItemWord;
using sidespan::detail::LaneRing;
using sidespan::detail::maxTextBytes;
using sidespan::detail::storeAt;
using sidespan::detail::wordAt;

constexpr sidespan::ConsentEpoch epoch(1);
constexpr std::size_t epochItemBytes = 8;

using Group = std::vector<std::vector<std::byte>>;  // an outermost span's items

std::vector<std::byte> makeItem(std::size_t size, std::uint64_t seed) {
    std::vector<std::byte> item(size);
    for (auto& byte : item) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        byte = static_cast<std::byte>(seed >> 56U);
    }
    storeAt(item.data(), ItemWord::make(ItemType::text, 0, size, seed & 0xffffU));
    return item;
}

// Says by arithmetic on two positions alone what a ring of `capacity` bytes must take: an item lies in one
// piece, the last word of a lap is for saying that the stream wraps, and nothing unread is written over.
class RingModel {
public:
    explicit RingModel(std::uint64_t capacity) : capacity_(capacity) {}

    [[nodiscard]] bool take(const Group& group) {
        std::uint64_t at = written_;
        for (const auto& item : group) {
            const std::uint64_t offset = at % capacity_;
            if (offset + item.size() > capacity_ - 8) at += capacity_ - offset;
            at += item.size();
            if (at > consumed_ + capacity_) return false;
        }
        written_ = at;
        return true;
    }
    [[nodiscard]] std::uint64_t offset() const { return written_ % capacity_; }
    void skip(std::uint64_t bytes) { written_ += bytes; }
    void consumeAll() { consumed_ = written_; }

private:
    std::uint64_t capacity_;
    std::uint64_t written_ = 0;
    std::uint64_t consumed_ = 0;
};

// What is asked for; it is rounded up to pages, and a part of those is for what is given up.
constexpr std::size_t smallRing = 4096;

// A ring beside its model.
class CheckedRing {
public:
    CheckedRing() {
        EXPECT_TRUE(ring_.acquire(epoch, [&] { ring_.useEpoch(epoch); }));
        ring_.rewind();
        model_.skip(epochItemBytes);
    }

    [[nodiscard]] std::size_t capacity() const { return capacity_; }
    [[nodiscard]] std::uint64_t offset() const { return model_.offset(); }
    [[nodiscard]] const LaneRing& ring() const { return ring_; }

    [[nodiscard]] std::vector<std::byte> item(std::size_t size) { return makeItem(size, ++seed_); }

    void publish(const Group& group) {
        const bool mustFit = model_.take(group);
        const std::uint64_t dropped = ring_.dropped();
        write(group);
        ring_.publish();
        ASSERT_EQ(ring_.dropped() - dropped, mustFit ? 0 : group.size());
        if (mustFit) expected_.insert(expected_.end(), group.begin(), group.end());
    }
    void rewind(const Group& group) {
        const std::uint64_t notKept = ring_.notKept();
        write(group);
        ring_.rewind();
        ASSERT_EQ(ring_.notKept() - notKept, group.size());
    }
    /// The same while the drain thread reads and lets go of all that was published before.
    void publishAround(const Group& group) {
        ASSERT_TRUE(model_.take(group));
        write(group);
        ASSERT_NO_FATAL_FAILURE(read());
        ring_.publish();
        expected_.assign(group.begin(), group.end());
    }
    void consume() {
        ASSERT_NO_FATAL_FAILURE(read());
        ASSERT_TRUE(ring_.isEmpty());
        model_.consumeAll();
    }

private:
    void read() {
        std::size_t index = 0;
        const std::uint64_t end = ring_.read([&](const std::byte* item) {
            const ItemWord word = wordAt(item);
            if (word.type() == ItemType::epoch) return;
            ASSERT_LT(index, expected_.size());
            const auto& right = expected_[index++];
            ASSERT_EQ(word.size(), right.size());
            ASSERT_EQ(std::memcmp(item, right.data(), right.size()), 0);
        });
        ASSERT_EQ(index, expected_.size());
        ring_.release(end);
        expected_.clear();
    }
    void write(const Group& group) {
        ASSERT_TRUE(ring_.acquire(epoch, [&] { ring_.useEpoch(epoch); }));
        for (const auto& item : group) {
            static_cast<void>(ring_.nextCounter());
            std::memcpy(ring_.reserve(item.size()), item.data(), item.size());
        }
    }

    // By filling another ring of the same size with single words.
    static std::size_t measure() {
        LaneRing ring(smallRing, 1);
        std::size_t words = epochItemBytes / 8;
        while (ring.dropped() == 0) {
            if (!ring.acquire(epoch, [&] { ring.useEpoch(epoch); })) return 0;
            static_cast<void>(ring.nextCounter());
            storeAt(ring.reserve(8), ItemWord::make(ItemType::skip, 0, 8));
            ring.publish();
            ++words;
        }
        return words * 8;  // the last one did not fit, but there was a word left for the wrap
    }

    LaneRing ring_{smallRing, 1};
    std::size_t capacity_ = measure();
    RingModel model_{capacity_};
    std::deque<std::vector<std::byte>> expected_;
    std::uint64_t seed_ = 0;
};

TEST(LaneRing, HoldsWhatItWasAskedFor) {
    CheckedRing ring;
    EXPECT_GE(ring.capacity(), smallRing);
    EXPECT_LT(ring.capacity(), smallRing + 2 * 4096);
}

TEST(LaneRing, WrapsAtEveryOffset) {
    CheckedRing ring;
    for (std::size_t offset = 8; offset + 8 <= ring.capacity(); offset += 8) {
        while (ring.offset() != offset) {
            ASSERT_NO_FATAL_FAILURE(ring.publish({ring.item(8)}));
            ASSERT_NO_FATAL_FAILURE(ring.consume());
        }
        Group half;
        for (std::size_t size : {64U, 24U, 1000U, 8U, 16U, 1000U}) half.push_back(ring.item(size));
        ASSERT_NO_FATAL_FAILURE(ring.publish(half)) << "at " << offset;
        ASSERT_NO_FATAL_FAILURE(ring.rewind(half)) << "at " << offset;
        ASSERT_NO_FATAL_FAILURE(ring.publish({ring.item(64)})) << "at " << offset;
        ASSERT_NO_FATAL_FAILURE(ring.consume()) << "at " << offset;
    }
}

TEST(LaneRing, TakesExactlyWhatFitsWhateverTheSizes) {
    std::mt19937 random(20260101);
    const auto upTo = [&](std::size_t most) { return random() % (most + 1); };
    CheckedRing ring;
    for (int round = 0; round < 60'000; ++round) {
        Group group;
        const std::size_t items = 1 + upTo(random() % 16 == 0 ? 60 : 6);
        for (std::size_t i = 0; i < items; ++i) {
            group.push_back(ring.item(8 + 8 * upTo(random() % 32 == 0 ? maxTextBytes / 8 + 1 : 16)));
        }
        if (upTo(3) == 0) {
            ASSERT_NO_FATAL_FAILURE(ring.rewind(group)) << "in round " << round;
        } else {
            ASSERT_NO_FATAL_FAILURE(ring.publish(group)) << "in round " << round;
        }
        if (upTo(5) == 0) {
            ASSERT_NO_FATAL_FAILURE(ring.consume()) << "in round " << round;
        }
    }
    EXPECT_GT(ring.ring().dropped(), 1'000U);
    EXPECT_GT(ring.ring().notKept(), 10'000U);
}

TEST(LaneRing, LeavesAloneWhatIsBeingWrittenBehindWhatIsLetGo) {
    CheckedRing ring;
    for (std::size_t size = 8; size <= 256; size += 8) {
        ASSERT_NO_FATAL_FAILURE(ring.publish({ring.item(size)}));
        ASSERT_NO_FATAL_FAILURE(ring.publishAround({ring.item(8), ring.item(size), ring.item(200)})) << size;
        ASSERT_NO_FATAL_FAILURE(ring.consume()) << size;
    }
}

TEST(LaneRing, CanBeFilledToTheLastByteAndEmptiedAgainAndAgain) {
    CheckedRing ring;
    for (int lap = 0; lap < 50; ++lap) {
        const std::uint64_t dropped = ring.ring().dropped();
        while (ring.ring().dropped() == dropped) ASSERT_NO_FATAL_FAILURE(ring.publish({ring.item(8)}));
        ASSERT_NO_FATAL_FAILURE(ring.publish({ring.item(8)}));
        ASSERT_NO_FATAL_FAILURE(ring.consume());
    }
}

TEST(LaneRing, GivesUpAGroupThatIsLargerThanItself) {
    CheckedRing ring;
    Group group;
    for (std::size_t bytes = 0; bytes <= ring.capacity(); bytes += 512) group.push_back(ring.item(512));
    for (int i = 0; i < 10; ++i) {
        ASSERT_NO_FATAL_FAILURE(ring.publish(group));
        ASSERT_NO_FATAL_FAILURE(ring.publish({ring.item(512)}));
        ASSERT_NO_FATAL_FAILURE(ring.rewind(group));
        ASSERT_NO_FATAL_FAILURE(ring.publish({ring.item(64)}));
        ASSERT_NO_FATAL_FAILURE(ring.consume());
    }
}

TEST(LaneRing, TellsEachEpochBeforeItsFirstItem) {
    LaneRing ring(smallRing, 1);
    const auto record = [&](std::uint32_t under, bool isKept) {
        ASSERT_TRUE(ring.acquire(sidespan::ConsentEpoch(under),
                                 [&] { ring.useEpoch(sidespan::ConsentEpoch(under)); }));
        storeAt(ring.reserve(8), ItemWord::make(ItemType::skip, 0, 8));
        isKept ? ring.publish() : ring.rewind();
    };
    record(1, true);
    record(1, true);
    record(5, false);
    record(5, true);
    record(6, false);
    record(7, true);
    std::vector<std::uint32_t> epochs;
    std::uint32_t current = 0;
    ring.release(ring.read([&](const std::byte* item) {
        const ItemWord word = wordAt(item);
        if (word.type() == ItemType::epoch) {
            current = static_cast<std::uint32_t>(word.bits() >> 32U);
        } else {
            epochs.push_back(current);
        }
    }));
    EXPECT_EQ(epochs, (std::vector<std::uint32_t>{1, 1, 5, 7}));
}

TEST(LaneRing, GivesUpWhatCannotBeToldItsEpoch) {
    LaneRing ring(smallRing, 1);
    const auto record = [&](std::uint32_t under) {
        EXPECT_TRUE(ring.acquire(sidespan::ConsentEpoch(under),
                                 [&] { ring.useEpoch(sidespan::ConsentEpoch(under)); }));
        static_cast<void>(ring.nextCounter());
        storeAt(ring.reserve(8), ItemWord::make(ItemType::skip, 0, 8));
        ring.publish();
    };
    while (ring.dropped() == 0) record(1);
    record(2);
    EXPECT_EQ(ring.dropped(), 2U);
    std::uint32_t last = 0;
    const auto readEpochs = [&](const std::byte* item) {
        if (wordAt(item).type() == ItemType::epoch)
            last = static_cast<std::uint32_t>(wordAt(item).bits() >> 32U);
    };
    ring.release(ring.read(readEpochs));
    EXPECT_EQ(last, 1U);
    record(2);
    ring.release(ring.read(readEpochs));
    EXPECT_EQ(last, 2U);
    EXPECT_EQ(ring.dropped(), 2U);
}

TEST(LaneRing, CountsAndRefusesASecondProducer) {
    LaneRing ring(smallRing, 1);
    ASSERT_TRUE(ring.acquire(epoch, [&] { ring.useEpoch(epoch); }));
    EXPECT_FALSE(ring.acquire(epoch, [&] { ring.useEpoch(epoch); }));
    EXPECT_FALSE(ring.acquire(epoch, [&] { ring.useEpoch(epoch); }));
    ring.rewind();
    EXPECT_EQ(ring.misuses(), 2U);
    EXPECT_TRUE(ring.acquire(epoch, [&] { ring.useEpoch(epoch); }));
    ring.publish();
    EXPECT_TRUE(ring.acquire(epoch, [&] { ring.useEpoch(epoch); }));
    EXPECT_EQ(ring.misuses(), 2U);
}

TEST(LaneRing, DrawsCountersOfItsOwnRange) {
    LaneRing ring(smallRing, 11);
    EXPECT_EQ(ring.nextCounter(), firstOfIdRange(11));
    EXPECT_EQ(ring.nextCounter(), firstOfIdRange(11) + 1);
}

}
