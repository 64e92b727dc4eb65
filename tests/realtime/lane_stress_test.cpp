#include "lane_work.h"

#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <utility>

#include <gtest/gtest.h>
#include <sidespan/clock/manual_clock.h>
#include <sidespan/lock/spin_lock.h>
#include <sidespan/recorder.h>
#include <sidespan/span_batch.h>

namespace {

using namespace sidespan::test;
using sidespan::DropReason;
using sidespan::SpanView;

/// Text that belongs to one span of one group and to no other.
std::string textOf(std::int64_t group, std::int64_t index) {
    const auto length = static_cast<std::size_t>((group * 31 + (index + 1) * 17) % 120);
    std::string text(length, ' ');
    for (std::size_t i = 0; i < length; ++i)
        text[i] = static_cast<char>('a' + (static_cast<std::size_t>(group + index + 1) + i) % 26);
    return text;
}

/// A sink that takes groups as the producer makes them and says what is wrong with the first that is not
/// whole, not in order, or there for the second time.
class CheckingSink {
public:
    explicit CheckingSink(const sidespan::ValidConfig&) {}

    void start() noexcept {}
    void consume(const sidespan::SpanBatch& batch) {
        std::uint64_t spans = 0;
        for (const auto& span : batch) {
            check(span);
            ++spans;
        }
        if (spans != batch.size()) fail("a batch of another size than it says");
        received_.fetch_add(spans, std::memory_order_relaxed);
    }
    bool flush(sidespan::Deadline) noexcept { return true; }
    void purge() noexcept {}
    bool shutdown(sidespan::Deadline) noexcept { return true; }
    [[nodiscard]] sidespan::SinkStats stats() const {
        sidespan::SinkStats stats;
        stats.received = stats.delivered = received_.load(std::memory_order_relaxed);
        return stats;
    }

    /// What was wrong; empty when nothing was. Not while spans come.
    [[nodiscard]] std::string problem() const {
        return problem_.empty() && index_ != count_ ? "the last group is not whole" : problem_;
    }
    /// Spans so far; any thread, and tells it nothing else.
    [[nodiscard]] std::uint64_t received() const { return received_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::int64_t lastGroup() const { return group_; }

private:
    struct Attributes {
        std::int64_t group = -1;
        std::int64_t index = -1;
        std::int64_t count = -1;
        std::int64_t late = -1;
        std::string_view text;
        std::size_t size = 0;
    };

    static Attributes read(const SpanView& span) {
        Attributes found;
        for (const auto& attribute : span.attributes()) {
            const auto* number = std::get_if<std::int64_t>(&attribute.value);
            ++found.size;
            if (attribute.key == "group" && number != nullptr) found.group = *number;
            if (attribute.key == "index" && number != nullptr) found.index = *number;
            if (attribute.key == "count" && number != nullptr) found.count = *number;
            if (attribute.key == "late" && number != nullptr) found.late = *number;
            if (attribute.key == "text") found.text = std::get<std::string_view>(attribute.value);
        }
        return found;
    }

    void check(const SpanView& span) {
        const Attributes found = read(span);
        if (span.name() == "root" || span.name() == "audio.block") {
            if (index_ != count_) return fail("the group before is not whole");
            if (found.group <= group_) return fail("not in order, or twice");
            if (found.late != found.group) return fail("what was set last is missing");
            if (span.parentSpanId().isValid()) return fail("a root with a parent");
            group_ = found.group;
            count_ = found.count;
            index_ = 0;
            root_ = span.spanId();
        } else if (span.name() == "child") {
            if (found.group != group_ || found.index != index_++) return fail("a child of another group");
            if (span.parentSpanId() != root_) return fail("a child of another parent");
            if (found.size != 3) return fail("attributes of a child are missing");
        } else {
            return fail("a span that nobody began, or that was rewound");
        }
        if (found.text != textOf(group_, span.name() == "child" ? found.index : -1))
            fail("text of another span");
        for (const auto& event : span.events()) {
            for (const auto& attribute : event.attributes) {
                if (std::get<std::int64_t>(attribute.value) != group_) fail("an event of another span");
            }
        }
    }
    void fail(const char* problem) {
        if (problem_.empty()) problem_ = std::string(problem) + ", at group " + std::to_string(group_);
    }

    std::int64_t group_ = -1;
    std::int64_t count_ = 0;
    std::int64_t index_ = 0;
    sidespan::SpanId root_;
    std::string problem_;
    std::atomic<std::uint64_t> received_{0};
};

using StressRecorder = sidespan::Recorder<sidespan::ManualClock, CheckingSink, sidespan::SpinLock>;

/// Begins groups of random sizes and knows how many spans were in them.
class Producer {
public:
    explicit Producer(unsigned seed) : random_(seed) {}

    void recordGroup(StressRecorder::Lane& lane) {
        const std::int64_t children = random_() % 24 == 0 ? static_cast<std::int64_t>(random_() % 90)
                                                          : static_cast<std::int64_t>(random_() % 8);
        spans_ += static_cast<std::uint64_t>(children) + 1;
        if (random_() % 3 != 0) {
            auto root = lane.span("root");
            fill(root, children, "child");
        } else {
            const bool isKept = random_() % 2 == 0;
            auto block = lane.block(64);
            if (isKept) static_cast<void>(block.context());
            if (isKept) fill(block, children, "child");
            if (!isKept) fill(block, children, "rewound");
        }
        ++group_;
    }
    [[nodiscard]] std::uint64_t spans() const { return spans_; }
    [[nodiscard]] std::int64_t groups() const { return group_; }

private:
    template <class Span>
    void fill(Span& root, std::int64_t children, sidespan::Literal childName) {
        root.set("group", group_);
        root.set("text", textOf(group_, -1));
        root.set("count", children);
        for (std::int64_t index = 0; index < children; ++index) {
            auto child = root.child(childName);
            child.set("group", group_);
            child.event("event", sidespan::attr("group", group_));
            child.set("index", index);
            child.set("text", textOf(group_, index));
        }
        root.event("late", sidespan::attr("group", group_));
        root.set("late", group_);
    }

    std::mt19937 random_;
    std::int64_t group_ = 0;
    std::uint64_t spans_ = 0;
};

constexpr int groups = 20'000;

// Lets the drain thread take something, if there is anything, and synchronises with it by nothing but the
// lane.
void awaitDrain(StressRecorder& recorder) {
    const auto before = recorder.sink().received();
    for (int looks = 0; looks < 2'000 && recorder.sink().received() == before; ++looks)
        std::this_thread::yield();
}

void expectAllAccountedFor(StressRecorder& recorder, std::uint64_t begun) {
    EXPECT_TRUE(recorder.flush(patience));
    EXPECT_EQ(recorder.sink().problem(), "");
    const auto stats = recorder.stats();
    EXPECT_EQ(stats.recorded + stats.notKept, begun);
    EXPECT_EQ(stats.delivered + stats.dropped[DropReason::laneFull], stats.recorded);
    EXPECT_GT(stats.delivered, begun / 20);
    EXPECT_TRUE(stats.isConserved());
}

TEST(LaneStress, EveryKeptSpanArrivesWholeInOrderAndOnce) {
    for (const unsigned seed : {1U, 2U, 3U}) {
        StressRecorder recorder(busyConfig());
        auto lane = recorder.openLane(workOptions(std::size_t{16} << 10U));
        Producer producer(seed);
        std::thread audio([&] {
            for (int i = 0; i < groups; ++i) {
                producer.recordGroup(lane);
                if (i % 64 == 0) awaitDrain(recorder);
            }
        });
        audio.join();
        expectAllAccountedFor(recorder, producer.spans());
    }
}

TEST(LaneStress, NothingIsDroppedWhileTheDrainThreadKeepsUp) {
    StressRecorder recorder(busyConfig());
    auto lane = recorder.openLane(workOptions(std::size_t{1} << 20U));
    Producer producer(4);
    std::thread audio([&] {
        for (int i = 0; i < groups; ++i) {
            producer.recordGroup(lane);
            if (i % 256 == 255) static_cast<void>(recorder.flush(patience));
        }
    });
    audio.join();
    expectAllAccountedFor(recorder, producer.spans());
    EXPECT_EQ(recorder.stats().dropped.total(), 0U);
}

// The turns are told by relaxed stores, so what one thread wrote into the lane reaches the next by the lane's
// own head.
TEST(LaneStress, ThreadsHandTheLaneOverByItsHeadAlone) {
    StressRecorder recorder(busyConfig());
    auto lane = recorder.openLane(workOptions(std::size_t{16} << 10U));
    Producer producer(5);
    std::atomic<int> turn{0};
    constexpr int turns = 400;
    const auto host = [&](int first) {
        for (int mine = first; mine < turns; mine += 2) {
            while (turn.load(std::memory_order_relaxed) != mine) std::this_thread::yield();
            {
                auto root = lane.span("root");
                root.set("group", mine);
                root.set("text", textOf(mine, -1));
                root.set("count", 0);
                root.set("late", mine);
            }
            turn.store(mine + 1, std::memory_order_relaxed);
        }
    };
    std::thread even([&] { host(0); });
    std::thread odd([&] { host(1); });
    even.join();
    odd.join();
    EXPECT_EQ(lane.misuses(), 0U);
    expectAllAccountedFor(recorder, turns);
    EXPECT_LT(recorder.sink().lastGroup(), turns);
}

TEST(LaneStress, LanesOfSeveralThreadsDoNotMix) {
    auto config = busyConfig();
    std::vector<std::thread> hosts;
    std::atomic<int> wrong{0};
    for (unsigned seed = 10; seed < 13; ++seed) {
        hosts.emplace_back([&config, &wrong, seed] {
            StressRecorder recorder(config);
            Producer producer(seed);
            for (int reopened = 0; reopened < 20; ++reopened) {
                auto lane = recorder.openLane(workOptions(std::size_t{16} << 10U));
                for (int i = 0; i < 100; ++i) producer.recordGroup(lane);
                lane.close();
                static_cast<void>(recorder.flush(patience));
            }
            const auto stats = recorder.stats();
            if (!recorder.sink().problem().empty() || stats.recorded + stats.notKept != producer.spans())
                ++wrong;
        });
    }
    for (auto& host : hosts) host.join();
    EXPECT_EQ(wrong.load(), 0);
}

}
