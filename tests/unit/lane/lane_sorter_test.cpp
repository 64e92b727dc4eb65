#include <cstddef>
#include <cstdint>

#include <gtest/gtest.h>
#include <sidespan/detail/drain/lane_sorter.h>
#include <sidespan/detail/lane/lane_core.h>
#include <sidespan/detail/record/record.h>

namespace {

using sidespan::detail::ItemType;
using sidespan::detail::ItemWord;
using sidespan::detail::LaneBase;
using sidespan::detail::LaneSorter;
using sidespan::detail::SpanItem;
using sidespan::detail::storeAt;

constexpr sidespan::ConsentEpoch sortedEpoch(1);
constexpr const char* itemName = "name";

/// A lane whose producer writes what it is told, be it what no producer writes.
class LaneGroup : public ::testing::Test {
protected:
    LaneGroup() : lane_(options(), 1e9, 0, 10) {}

    void begin() {
        ASSERT_TRUE(lane_.ring.acquire(sortedEpoch, [&] { lane_.ring.useEpoch(sortedEpoch); }));
    }
    void end() { lane_.ring.publish(); }

    /// An item that takes `size` bytes and says what `word` says.
    void write(ItemWord word, std::size_t size) {
        std::byte* const at = lane_.ring.reserve(size);
        for (std::size_t i = 0; i < size; i += 8) storeAt(at + i, std::uint64_t{0});
        if (size > 8) storeAt(at + 8, itemName);
        storeAt(at, word);
        last_ = at;
    }
    [[nodiscard]] std::byte* last() const { return last_; }
    void write(ItemType type, std::uint32_t depth, std::size_t size, std::uint8_t flags = 0) {
        write(ItemWord::make(type, depth, size, 0, 4, flags), size);
    }
    void span(std::uint32_t depth) {
        static_cast<void>(lane_.ring.nextCounter());
        write(ItemType::span, depth, sizeof(SpanItem));
    }
    void goodGroup() {
        begin();
        span(0);
        write(ItemType::integer, 0, 24);
        end();
    }

    std::size_t sort() {
        std::uint64_t withdrawn = 0;
        static_cast<void>(sorter_.sort(lane_, sortedEpoch, {1, 1.0}, withdrawn));
        EXPECT_EQ(withdrawn, 0U);
        EXPECT_TRUE(lane_.ring.isEmpty());
        return sorter_.count();
    }
    [[nodiscard]] std::uint64_t broken() const { return lane_.broken.load(); }

    /// What `writeRest` adds to an outermost span makes it a group that is dropped, and no other.
    template <class WriteRest>
    void expectBroken(WriteRest writeRest, std::uint64_t spans = 1) {
        const std::uint64_t before = broken();
        goodGroup();
        begin();
        span(0);
        writeRest();
        end();
        goodGroup();
        EXPECT_EQ(sort(), 2U);
        EXPECT_EQ(broken() - before, spans);
    }

    LaneBase lane_;

private:
    static sidespan::LaneOptions options() {
        sidespan::LaneOptions options;
        options.capacityBytes = std::size_t{64} << 10U;
        options.summaryInterval = {};
        return options;
    }
    LaneSorter sorter_;
    std::byte* last_ = nullptr;
};

TEST_F(LaneGroup, IsTakenWhenAProducerWroteIt) {
    begin();
    span(0);
    write(ItemType::text, 0, 16);
    span(1);
    write(ItemType::event, 1, 24);
    write(ItemType::boolean, 1, 24, sidespan::detail::ofEventFlag);
    span(2);
    write(ItemType::link, 0, 32);
    write(ItemWord::make(ItemType::statusMessage, 2, 8), 8);
    span(1);
    write(ItemType::block, 0, 24);
    end();
    EXPECT_EQ(sort(), 4U);
    EXPECT_EQ(broken(), 0U);
}

TEST_F(LaneGroup, IsDroppedWithAllBehindItWhenASizeCannotBe) {
    for (const std::size_t size : {0U, 4U, 12U, 60U, 65'528U, 4'096U}) {
        const std::uint64_t before = broken();
        goodGroup();
        begin();
        span(0);
        write(ItemWord::make(ItemType::integer, 0, size, 0, 4), 24);
        end();
        goodGroup();
        EXPECT_EQ(sort(), 1U) << size;
        EXPECT_EQ(broken() - before, 1U) << size;
        goodGroup();
        EXPECT_EQ(sort(), 1U) << size;
    }
}

TEST_F(LaneGroup, IsDroppedWhereAWrapIsWrittenThatIsNone) {
    begin();
    write(ItemWord::make(ItemType::wrap, 0, 8), 8);
    end();
    EXPECT_EQ(sort(), 0U);
    EXPECT_EQ(broken(), 1U);
    goodGroup();
    EXPECT_EQ(sort(), 1U);
}

TEST_F(LaneGroup, IsDroppedWhenAnItemHasAnotherSizeThanItsType) {
    for (const auto type : {ItemType::integer, ItemType::real, ItemType::boolean, ItemType::event,
                            ItemType::link, ItemType::block, ItemType::text}) {
        expectBroken([&] { write(type, 0, 8); });
        expectBroken([&] { write(type, 0, 4'080); });
    }
    expectBroken([&] { write(ItemType::span, 1, 72); }, 2);
}

TEST_F(LaneGroup, IsDroppedWhenATextIsLongerThanItsItem) {
    expectBroken([&] { write(ItemWord::make(ItemType::text, 0, 24, 9, 4), 24); });
    expectBroken([&] { write(ItemWord::make(ItemType::statusMessage, 0, 16, 9), 16); });
    expectBroken([&] { write(ItemWord::make(ItemType::text, 0, 24, 65'535, 4), 24); });
}

TEST_F(LaneGroup, IsDroppedWhenElementsAreNotWithinTheirArray) {
    const auto array = [](std::size_t size, std::size_t count, unsigned elementType) {
        return ItemWord::make(ItemType::array, 0, size, count, 4,
                              elementType << sidespan::detail::elementTypeShift);
    };
    const auto textOf = [&](std::uint16_t size) {
        write(array(24, 1, 0), 24);
        storeAt(last() + 16, size);
    };
    for (const unsigned elementType : {1U, 2U}) expectBroken([&] { write(array(24, 2, elementType), 24); });
    expectBroken([&] { write(array(24, 9, 3), 24); });
    expectBroken([&] { write(array(16, 1, 0), 16); });
    expectBroken([&] { write(array(24, 5, 0), 24); });
    expectBroken([&] { textOf(7); });
    expectBroken([&] { textOf(65'535); });
    begin();
    span(0);
    textOf(6);
    write(array(24, 8, 3), 24);
    write(array(24, 1, 2), 24);
    write(array(16, 0, 0), 16);
    end();
    EXPECT_EQ(sort(), 1U);
}

TEST_F(LaneGroup, IsDroppedWhenNoProducerWritesSuchAnItem) {
    for (const auto type : {ItemType::dropped, ItemType::skip, ItemType::traceState, ItemType::name,
                            ItemType::time, ItemType{200}, ItemType{255}})
        expectBroken([&] { write(type, 0, 24); });
}

TEST_F(LaneGroup, IsDroppedWhenAnItemBelongsToNoSpan) {
    expectBroken([&] { write(ItemType::integer, 1, 24); });
    expectBroken([&] { write(ItemType::integer, 255, 24); });
    expectBroken([&] { span(2); }, 2);
    expectBroken([&] { write(ItemType::block, 1, 24); });
    begin();
    write(ItemType::integer, 0, 24);
    end();
    EXPECT_EQ(sort(), 0U);
}

TEST_F(LaneGroup, IsDroppedWhenAnAttributeOfAnEventFollowsNone) {
    constexpr auto ofEvent = sidespan::detail::ofEventFlag;
    expectBroken([&] { write(ItemType::integer, 0, 24, ofEvent); });
    expectBroken([&] {
        write(ItemType::event, 0, 24);
        write(ItemType::integer, 0, 24);
        write(ItemType::integer, 0, 24, ofEvent);
    });
    constexpr auto ofLink = sidespan::detail::ofLinkFlag;
    expectBroken([&] { write(ItemType::integer, 0, 24, ofLink); });
    expectBroken([&] {
        write(ItemType::event, 0, 24);
        write(ItemType::integer, 0, 24, ofLink);
    });
    expectBroken([&] {
        write(ItemType::link, 0, 32);
        write(ItemType::integer, 0, 24, ofEvent | ofLink);
    });
    const auto ofAnother = [&] {
        span(1);
        write(ItemType::event, 1, 24);
        write(ItemType::integer, 0, 24, ofEvent);
    };
    expectBroken(ofAnother, 2);
}

TEST_F(LaneGroup, IsDroppedWhenASpanHasAKindThatIsNone) {
    expectBroken([&] { write(ItemType::span, 1, sizeof(SpanItem), 7U << 2U); }, 2);
}

}
