#include <cstddef>
#include <limits>
#include <string>

#include <gtest/gtest.h>
#include <sidespan/detail/record/item_writer.h>
#include <sidespan/detail/record/record.h>
#include <sidespan/detail/record/scratch.h>

namespace {

using namespace sidespan::detail;
using sidespan::SpanKind;
using sidespan::SpanStatus;

TEST(ItemWord, KeepsItsPartsApart) {
    const auto word = ItemWord::make(ItemType::real, 0xab, 0xfff8, 0xcdef, 0x12, 0x81);
    EXPECT_EQ(word.type(), ItemType::real);
    EXPECT_EQ(word.depth(), 0xabU);
    EXPECT_EQ(word.size(), 0xfff8U);
    EXPECT_EQ(word.length(), 0xcdefU);
    EXPECT_EQ(word.keyLength(), 0x12U);
    EXPECT_EQ(word.flags(), 0x81U);
    EXPECT_EQ(ItemWord(word.bits()).size(), word.size());
}

TEST(SpanItem, HoldsEveryStatusBesideEveryKind) {
    for (unsigned kind = 0; kind < 6; ++kind) {
        for (unsigned status = 0; status < 4; ++status) {
            std::uint8_t flags = remoteParentFlag | traceFromCounterFlag;
            flags = withKind(withStatus(flags, SpanStatus::cancelled), SpanKind::consumer);
            flags = withStatus(withKind(flags, static_cast<SpanKind>(kind)), static_cast<SpanStatus>(status));
            SpanItem item{};
            item.word = ItemWord::make(ItemType::span, 0, 64, 0, 0, flags);
            EXPECT_EQ(item.kind(), static_cast<SpanKind>(kind));
            EXPECT_EQ(item.status(), static_cast<SpanStatus>(status));
            EXPECT_EQ(flags & (remoteParentFlag | traceFromCounterFlag),
                      remoteParentFlag | traceFromCounterFlag);
        }
    }
}

TEST(RoundUpTo8, GivesTheNextMultiple) {
    EXPECT_EQ(roundUpTo8(0), 0U);
    EXPECT_EQ(roundUpTo8(1), 8U);
    EXPECT_EQ(roundUpTo8(8), 8U);
    EXPECT_EQ(roundUpTo8(9), 16U);
}

using Small = RecordScratch<64 + statusRoomBytes>;

/// Its items, as they would be copied into a record.
struct Items {
    explicit Items(const Small& scratch, std::size_t size) { scratch.copyItems(bytes, size); }
    alignas(8) std::byte bytes[64 + statusRoomBytes + 16];
};

std::string textAt(const std::byte* at, std::size_t size) {
    return {reinterpret_cast<const char*>(at), size};
}

TEST(RecordScratch, HasNoRoomWhenNothingIsRecorded) {
    Small scratch;
    scratch.open(false);
    EXPECT_EQ(scratch.room(), 0U);
    EXPECT_EQ(scratch.reserve(8), nullptr);
}

TEST(RecordScratch, GivesRoomUntilItIsUsedUpAndKeepsSomeForTheCounts) {
    Small scratch;
    scratch.open(true);
    EXPECT_EQ(scratch.room(), 48U);
    std::byte* first = scratch.reserve(24);
    std::byte* second = scratch.reserve(24);
    EXPECT_EQ(second, first + 24);
    EXPECT_EQ(scratch.reserve(8), nullptr);
    EXPECT_EQ(scratch.close(), 48U);
}

TEST(RecordScratch, SaysWhatWasRefused) {
    Small scratch;
    scratch.open(true);
    ASSERT_NE(scratch.reserve(48), nullptr);
    scratch.refused(sidespan::detail::Part::event);
    scratch.refused(sidespan::detail::Part::attribute);
    scratch.refused(sidespan::detail::Part::attribute);
    EXPECT_EQ(scratch.close(), 64U);
    const auto dropped = loadAt<DroppedItem>(Items(scratch, 64).bytes + 48);
    EXPECT_EQ(dropped.word.type(), ItemType::dropped);
    EXPECT_EQ(dropped.events, 1U);
    EXPECT_EQ(dropped.attributes, 2U);
}

TEST(RecordScratch, ForgetsEverythingWhenItIsOpenedAgain) {
    Small scratch;
    scratch.open(true);
    scratch.refused(sidespan::detail::Part::event);
    ASSERT_NE(scratch.reserve(40), nullptr);
    scratch.open(true);
    EXPECT_EQ(scratch.room(), 48U);
    EXPECT_EQ(scratch.close(), 0U);
}

TEST(ItemWriter, RefusesARequestForMoreThanThereCouldEverBe) {
    Small scratch;
    scratch.open(true);
    EXPECT_EQ(scratch.reserve(std::numeric_limits<std::size_t>::max() - 7), nullptr);
}

TEST(ItemWriter, CutsTextToWhatIsLeftAndMarksIt) {
    Small scratch;
    scratch.open(true);
    item_writer::writeAttribute(scratch, "k", std::string(100, 'x'));
    const Items items(scratch, 48);
    EXPECT_EQ(wordAt(items.bytes).size(), 48U);
    EXPECT_EQ(textAt(items.bytes + 16, wordAt(items.bytes).length()), std::string(29, 'x') + "…");
    EXPECT_EQ(scratch.close(), 48U);
}

TEST(ItemWriter, RefusesTextOfWhichTooLittleWouldBeLeft) {
    Small scratch;
    scratch.open(true);
    item_writer::writeAttribute(scratch, "k", 1);
    item_writer::writeAttribute(scratch, "k", std::string(100, 'x'));
    EXPECT_EQ(scratch.close(), 24U + 16U);
    EXPECT_EQ(loadAt<DroppedItem>(Items(scratch, 40).bytes + 24).attributes, 1U);
}

TEST(ItemWriter, KeepsRoomForAStatusMessageAndCutsItToThat) {
    Small scratch;
    scratch.open(true);
    item_writer::writeAttribute(scratch, "k", 1);
    item_writer::writeStatusMessage(scratch, std::string(1000, 'x'));
    const std::size_t end = 48 + statusRoomBytes;
    const Items items(scratch, end);
    const ItemWord word = wordAt(items.bytes + 24);
    EXPECT_EQ(word.type(), ItemType::statusMessage);
    EXPECT_EQ(word.size(), end - 24);
    EXPECT_EQ(textAt(items.bytes + 32, word.length()), std::string(end - 32 - 3, 'x') + "…");
    EXPECT_EQ(scratch.close(), end);
    item_writer::writeStatusMessage(scratch, "no room at all");
    EXPECT_EQ(scratch.close(), end);
}

TEST(ItemWriter, WritesNoStatusMessageWhenNothingIsRecorded) {
    Small scratch;
    scratch.open(false);
    item_writer::writeStatusMessage(scratch, "why");
    EXPECT_EQ(scratch.close(), 0U);
}

TEST(OpenRecord, BecomesTheHeadOfItsRecord) {
    OpenRecord record{};
    record.name = "audio.encode";
    record.nameLength = 12;
    record.start = 10;
    record.spanId = 1;
    record.parentId = 2;
    record.traceHigh = 3;
    record.traceLow = 4;
    record.flags = traceFromCounterFlag;
    record.traceFlags = 3;
    alignas(8) std::byte bytes[sizeof(SpanItem)];
    record.writeHead(bytes, 20, 24);
    const auto head = loadAt<SpanItem>(bytes);
    EXPECT_EQ(head.word.type(), ItemType::span);
    EXPECT_EQ(head.word.size(), 64U + 24U);
    EXPECT_EQ(head.word.length(), 3U);
    EXPECT_EQ(head.word.keyLength(), 12U);
    EXPECT_EQ(head.word.flags(), traceFromCounterFlag);
    EXPECT_EQ(head.name, record.name);
    EXPECT_EQ(head.start, 10U);
    EXPECT_EQ(head.end, 20U);
    EXPECT_EQ(head.spanId, 1U);
    EXPECT_EQ(head.parentId, 2U);
    EXPECT_EQ(head.traceHigh, 3U);
    EXPECT_EQ(head.traceLow, 4U);
}

}
