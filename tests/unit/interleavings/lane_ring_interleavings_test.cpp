// LaneRing's own code in the explorer: a ring of three slots that goes round, with a drain thread and with
// producers that hand the head over.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan/detail/lane/lane_ring.h>

#include "explorer.h"

namespace interleavings {

std::span<std::byte> Arena::take(std::size_t size) {
    if (used_ + size > mostBytes) throw std::bad_alloc();
    const std::span<std::byte> taken(bytes_.data() + used_, size);
    used_ += (size + 63) / 64 * 64;
    return taken;
}

Arena& arena() {
    static Arena one;
    return one;
}

}

namespace sidespan::inline v0::detail::platform {

TouchedMemory::TouchedMemory(std::size_t size) : bytes_(interleavings::arena().take(size)) {}
TouchedMemory::~TouchedMemory() = default;

}

namespace {

using namespace interleavings;
using sidespan::ConsentEpoch;
using sidespan::detail::ItemType;
using sidespan::detail::ItemWord;
using sidespan::detail::LaneRing;
using sidespan::detail::loadAt;
using sidespan::detail::storeInLane;
using sidespan::detail::wordInLane;

static_assert(!std::is_same_v<sidespan::detail::LaneAtomic<bool>, std::atomic<bool>>,
              "the SDK's lane_memory.h is found before the explorer's");

constexpr ConsentEpoch epoch(1);
constexpr std::size_t slotBytes = 64;
constexpr std::size_t ringBytes =
    4 * slotBytes;  // the last of a lap's slots is short by what says that it wraps

// What the threads do: each letter of a producer's is an outermost span of one item, published or rewound.
struct Plan {
    std::vector<std::string_view> producers;
    int reads = 0;
};

// What happened in any of the executions.
struct Seen {
    std::set<std::uint64_t> delivered;  // by the drain thread, before the check
    bool isDropped = false;
    bool isRefused = false;
    bool isWrapped = false;
};

class RingScenario : public Scenario {
public:
    RingScenario(const Plan& plan, Seen& seen)
        : plan_(plan), seen_(seen), ring_((arena().clear(), ringBytes), 1) {
        published_.reserve(16);  // a thread that is left in the middle must own nothing
    }

    std::size_t threads() const override { return plan_.producers.size() + 1; }

    void run(std::size_t thread) override {
        if (thread < plan_.producers.size()) {
            for (char end : plan_.producers[thread]) produce(end == 'p');
        } else {
            for (int i = 0; i < plan_.reads; ++i) consume();
        }
    }

    void check() override {
        seen_.delivered.insert(delivered_);
        consume();
        expect(delivered_ == published_.size(), "what was published is lost");
        expect(ring_.isEmpty(), "the ring is not empty");
        expect(ring_.dropped() == dropped_, "what is dropped is not counted");
        expect(ring_.notKept() == rewound_, "what is rewound is not counted");
        expect(ring_.misuses() == refused_, "who is refused is not counted");
        seen_.isDropped |= dropped_ != 0;
        seen_.isRefused |= refused_ != 0;
        seen_.isWrapped |= published_.size() > ringBytes / slotBytes;
    }

private:
    static void expect(bool isSo, const char* otherwise) { Explorer::running().expect(isSo, otherwise); }

    void produce(bool isKept) {
        if (!ring_.acquire(epoch, [&] { ring_.useEpoch(epoch); })) {
            ++refused_;
            return;
        }
        const std::uint64_t number = ring_.nextCounter();
        std::byte* at = ring_.reserve(slotBytes);
        storeInLane(at, ItemWord::make(ItemType::text, 0, slotBytes));
        storeInLane(at + 8, number);
        storeInLane(at + slotBytes - 8, ~number);
        if (!isKept) {
            ++rewound_;
            ring_.rewind();
            return;
        }
        if (ring_.isGivenUp()) {
            ++dropped_;
        } else {
            published_.push_back(number);
        }
        ring_.publish();
    }

    void consume() {
        const auto end = ring_.read(
            [this](const std::byte* item) {
                if (wordInLane(item).type() == ItemType::epoch) return;
                const std::uint64_t number = wordInLane(item + 8).bits();
                expect(delivered_ < published_.size() && number == published_[delivered_],
                       "an item is read that is not the next one");
                expect(wordInLane(item + slotBytes - 8).bits() == ~number, "half an item is read");
                ++delivered_;
            },
            [] { expect(false, "the items cannot be read"); });
        ring_.release(end);
    }

    const Plan& plan_;
    Seen& seen_;
    LaneRing ring_;
    std::vector<std::uint64_t> published_;
    std::uint64_t delivered_ = 0;
    std::uint64_t dropped_ = 0;
    std::uint64_t rewound_ = 0;
    std::uint64_t refused_ = 0;
};

Result exploreRing(const Plan& plan, Seen& seen, const Options& options = {}) {
    return explore([&] { return std::make_unique<RingScenario>(plan, seen); }, options);
}

const Plan oneProducer{{"pprpppp"}, 2};
const Plan twoProducers{{"rpp", "pp"}, 1};

TEST(LaneRingInterleavings, KeepEveryPublishedItemWhileTheRingGoesRound) {
    Seen seen;
    const Result result = exploreRing(oneProducer, seen);
    EXPECT_EQ(result.violation, "");
    EXPECT_TRUE(seen.isWrapped);
    EXPECT_TRUE(seen.isDropped);
    EXPECT_TRUE(seen.delivered.contains(0));
    EXPECT_TRUE(seen.delivered.contains(oneProducer.producers[0].size() - 1));
    RecordProperty("executions", std::to_string(result.executions));
}

TEST(LaneRingInterleavings, HandTheHeadFromOneProducerToTheOther) {
    Seen seen;
    const Result result = exploreRing(twoProducers, seen);
    EXPECT_EQ(result.violation, "");
    EXPECT_TRUE(seen.isRefused);
    RecordProperty("executions", std::to_string(result.executions));
}

// Where the threads of either plan ask for more than relaxed order.
std::set<Site> orderedSites() {
    std::set<Site> sites;
    for (const Plan* plan : {&oneProducer, &twoProducers}) {
        Seen seen;
        const Result result = exploreRing(*plan, seen);
        for (const Site& site : result.sites)
            if (site.order != std::memory_order_relaxed) sites.insert(site);
    }
    return sites;
}

bool breaksWithout(const Site& site) {
    return std::ranges::any_of(std::array{&twoProducers, &oneProducer}, [&](const Plan* plan) {
        Seen seen;
        return !exploreRing(*plan, seen, relaxedAt(site)).violation.empty();
    });
}

// The control. What drain threads and producers never call, or only before there are two threads, has no
// site.
TEST(LaneRingInterleavings, BreakWhereAnyOneOrderIsRelaxed) {
    const std::set<Site> sites = orderedSites();
    EXPECT_GE(sites.size(), 8U);
    for (const Site& site : sites) EXPECT_TRUE(breaksWithout(site)) << site.file << ':' << site.line;
}

}
