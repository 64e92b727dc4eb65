#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <sidespan/detail/drain/record_finisher.h>
#include <sidespan/detail/record/item_writer.h>
#include <sidespan/detail/record/scratch.h>
#include <sidespan/resource.h>
#include <sidespan/span.h>
#include <sidespan/span_batch.h>

namespace {

using namespace sidespan::detail;
using sidespan::AttributeValue;
using sidespan::SpanBatch;
using sidespan::SpanView;
using ::testing::ElementsAre;

constexpr std::uint64_t newYear = 1'767'225'600'000'000'000;

/// Records one after the other, as a shard holds them.
class Records {
public:
    template <class Write>
    void add(OpenRecord head, std::uint64_t end, Write write) {
        RecordScratch<> scratch;
        scratch.open(true);
        write(scratch);
        const std::size_t itemBytes = scratch.close();
        const std::size_t at = bytes_.size();
        bytes_.resize(at + sizeof(SpanItem) + itemBytes);
        head.writeHead(&bytes_[at], end, itemBytes);
        bytes_.resize(bytes_.size() + 8);  // for the copy's last block
        scratch.copyItems(&bytes_[at + sizeof(SpanItem)], itemBytes);
        bytes_.resize(bytes_.size() - 8);
        ++count_;
    }

    SpanBatch finish(const IdKeys& keys) {
        TimeBase time;
        time.observe(1000, newYear, 1e9);
        finishRecords(bytes_, keys, time);
        return {bytes_, count_, resource_};
    }

    static OpenRecord head(std::uint64_t counter) {
        OpenRecord record{};
        record.name = "span";
        record.nameLength = 4;
        record.start = 1000;
        record.spanId = counter;
        record.traceHigh = counter;
        record.flags = withKind(traceFromCounterFlag, sidespan::SpanKind::internal);
        return record;
    }

private:
    std::vector<std::byte> bytes_;
    std::size_t count_ = 0;
    sidespan::Resource resource_{{"LoopShare", "1.2.0"}, sidespan::ClientType::web};
};

constexpr char firstCodec[] = "codec";
constexpr char secondCodec[] = "codec";

const auto leaveAsIs = [](auto&) {};

TEST(RecordFinisher, TurnsCountersIntoIds) {
    const auto keys = IdKeys::draw();
    Records records;
    records.add(Records::head(1), 2000, leaveAsIs);
    auto child = Records::head(2);
    child.parentId = 1;
    child.traceHigh = 1;
    child.flags |= parentFromCounterFlag;
    records.add(child, 2000, leaveAsIs);
    const auto batch = records.finish(keys);
    auto at = batch.begin();
    const SpanView root = *at++;
    const SpanView second = *at++;
    EXPECT_EQ(at, batch.end());
    EXPECT_EQ(root.spanId(), keys.spanId(1));
    EXPECT_EQ(root.traceId(), keys.traceId(1));
    EXPECT_FALSE(root.parentSpanId().isValid());
    EXPECT_EQ(second.parentSpanId(), root.spanId());
    EXPECT_EQ(second.traceId(), root.traceId());
    EXPECT_FALSE(second.hasRemoteParent());
}

TEST(RecordFinisher, LeavesIdsFromElsewhereAlone) {
    Records records;
    auto record = Records::head(1);
    record.parentId = 0xabc;
    record.traceHigh = 0x123;
    record.traceLow = 0x456;
    record.flags = remoteParentFlag;
    record.traceFlags = 1;
    records.add(record, 2000, leaveAsIs);
    const SpanView span = *records.finish(IdKeys::draw()).begin();
    EXPECT_EQ(span.traceId(), sidespan::TraceId(0x123, 0x456));
    EXPECT_EQ(span.parentSpanId(), sidespan::SpanId(0xabc));
    EXPECT_TRUE(span.hasRemoteParent());
    EXPECT_EQ(span.flags(), sidespan::TraceFlags::sampled);
}

TEST(RecordFinisher, PlacesTimesInTheCalendar) {
    Records records;
    records.add(Records::head(1), 5000, [](auto& room) { item_writer::writeEvent(room, "event", 1500); });
    const SpanView span = *records.finish(IdKeys::draw()).begin();
    EXPECT_EQ(span.startUnixNano(), newYear);
    EXPECT_EQ(span.endUnixNano(), newYear + 4000);
    EXPECT_EQ((*span.events().begin()).timeUnixNano, newYear + 500);
}

TEST(RecordFinisher, GivesASpanThatEndsBeforeItBeginsNoDuration) {
    Records records;
    records.add(Records::head(1), 400, leaveAsIs);
    const SpanView span = *records.finish(IdKeys::draw()).begin();
    EXPECT_EQ(span.endUnixNano(), span.startUnixNano());
}

TEST(RecordFinisher, KeepsTheLastOfEqualKeysInPlaceOfItsSetting) {
    // The same text at two addresses, as two libraries may have it.
    static_assert(&firstCodec[0] != &secondCodec[0]);
    Records records;
    records.add(Records::head(1), 2000, [](auto& room) {
        item_writer::writeAttribute(room, firstCodec, "wav");
        item_writer::writeAttribute(room, "codes", 1);
        item_writer::writeAttribute(room, secondCodec, "flac");
        item_writer::writeAttribute(room, "rate", 2);
    });
    const SpanView span = *records.finish(IdKeys::draw()).begin();
    std::vector<std::string> keys;
    for (const auto attribute : span.attributes()) keys.emplace_back(attribute.key);
    EXPECT_THAT(keys, ElementsAre("codes", "codec", "rate"));
}

TEST(RecordFinisher, LeavesTheAttributesOfEventsAlone) {
    Records records;
    records.add(Records::head(1), 2000, [](auto& room) {
        item_writer::writeAttribute(room, "k", 1);
        item_writer::writeEvent(room, "one", 1100);
        item_writer::writeAttribute(room, "k", 2, ofEventFlag);
        item_writer::writeEvent(room, "two", 1200);
        item_writer::writeAttribute(room, "k", 3, ofEventFlag);
        item_writer::writeAttribute(room, "k", 4);
    });
    const auto span = (*records.finish(IdKeys::draw()).begin()).toSpan({});
    EXPECT_EQ(span.attributes.at("k"), AttributeValue(4));
    EXPECT_EQ(span.events.at(0).attributes.at("k"), AttributeValue(2));
    EXPECT_EQ(span.events.at(1).attributes.at("k"), AttributeValue(3));
}

TEST(SpanBatch, IsARangeOfItsRecords) {
    Records records;
    for (std::uint64_t i = 1; i <= 5; ++i)
        records.add(Records::head(i), 2000,
                    [&](auto& room) { item_writer::writeAttribute(room, "i", static_cast<int>(i)); });
    const auto batch = records.finish(IdKeys::draw());
    EXPECT_EQ(batch.size(), 5U);
    EXPECT_EQ(std::distance(batch.begin(), batch.end()), 5);
    std::size_t bytes = 0;
    for (const auto span : batch) {
        bytes += span.sizeBytes();
        EXPECT_EQ(span.record().size(), span.sizeBytes());
    }
    EXPECT_EQ(batch.sizeBytes(), bytes);
    EXPECT_EQ(batch.resource().service.name, "LoopShare");
    static_assert(std::forward_iterator<SpanBatch::Iterator>);
}

TEST(SpanView, BecomesASpanThatOwnsEverything) {
    Records records;
    auto head = Records::head(1);
    head.flags = withStatus(withKind(head.flags, sidespan::SpanKind::client), sidespan::SpanStatus::error);
    records.add(head, 1'000 + 3'999'999, [](auto& room) {
        item_writer::writeAttribute(room, "text", std::string("flac"));
        item_writer::writeAttribute(room, "real", 0.5);
        item_writer::writeAttribute(room, "flag", true);
        item_writer::writeEvent(room, "event", 1100);
        item_writer::writeLink(room, {sidespan::TraceId(1, 2), sidespan::SpanId(3), {}, false});
        item_writer::writeStatusMessage(room, "why");
        room.refused(sidespan::detail::Part::event);
        room.refused(sidespan::detail::Part::attribute);
    });
    const auto batch = records.finish(IdKeys::draw());
    const auto span = (*batch.begin()).toSpan(batch.resource());
    EXPECT_EQ(span.name, "span");
    EXPECT_EQ(span.kind, "client");
    EXPECT_EQ(span.status, "error");
    EXPECT_EQ(span.statusMessage, "why");
    EXPECT_EQ(span.durationMs, 3);
    EXPECT_EQ(span.startTimeMs, static_cast<std::int64_t>(newYear / 1'000'000));
    EXPECT_EQ(span.endTimeMs, span.startTimeMs + 3);
    EXPECT_EQ(span.attributes.size(), 3U);
    EXPECT_EQ(span.events.size(), 1U);
    EXPECT_EQ(span.links.at(0).spanId, "0000000000000003");
    EXPECT_EQ(span.droppedAttributes, 1U);
    EXPECT_EQ(span.droppedEvents, 1U);
    EXPECT_EQ(span.clientType, "web");
    EXPECT_EQ(span.clientVersion, "1.2.0");
}

TEST(RecordFinisher, KeepsTheLastOfAKeyInEachEvent) {
    Records records;
    records.add(Records::head(1), 2000, [](auto& scratch) {
        item_writer::writeAttribute(scratch, "k", 1);
        for (const int last : {3, 5}) {
            ASSERT_TRUE(item_writer::writeEvent(scratch, "e", 1500));
            item_writer::writeAttribute(scratch, "k", last - 1, ofEventFlag);
            item_writer::writeAttribute(scratch, "k", last, ofEventFlag);
        }
    });
    const SpanView span = *records.finish(IdKeys::draw()).begin();
    EXPECT_EQ(std::distance(span.attributes().begin(), span.attributes().end()), 1);
    std::vector<std::int64_t> values;
    for (const auto& event : span.events()) {
        for (const auto& attribute : event.attributes)
            values.push_back(std::get<std::int64_t>(attribute.value));
    }
    EXPECT_THAT(values, ElementsAre(3, 5));
}

TEST(SpanView, OfAnEmptySpanHoldsNothing) {
    Records records;
    records.add(Records::head(1), 2000, leaveAsIs);
    const SpanView span = *records.finish(IdKeys::draw()).begin();
    EXPECT_TRUE(span.attributes().empty());
    EXPECT_TRUE(span.events().empty());
    EXPECT_TRUE(span.links().empty());
    EXPECT_EQ(span.statusMessage(), "");
    EXPECT_EQ(span.droppedAttributes(), 0U);
    EXPECT_EQ(span.droppedEvents(), 0U);
}

}
