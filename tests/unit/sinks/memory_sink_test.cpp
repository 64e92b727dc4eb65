#include <cstddef>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <sidespan/clock/manual_clock.h>
#include <sidespan/lock/null_lock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>
#include <sidespan/sink_memory/testing.h>

#include "granted.h"

namespace {

using sidespan::DropReason;
using sidespan::MemorySink;
using sidespan::SinkStats;
using sidespan::test::granted;
using sidespan::testing::recorded;

using MemoryRecorder = sidespan::Recorder<sidespan::ManualClock, MemorySink, sidespan::NullLock>;

bool isConserved(const SinkStats& stats) {
    return stats.received + stats.recovered ==
           stats.delivered + stats.dropped.total() + stats.queued + stats.onDisk;
}

class RecorderWithMemorySink : public ::testing::Test {
protected:
    void record(int count) {
        for (int i = 0; i < count; ++i) {
            auto span = recorder.span("a");
            span.set("index", i);
        }
    }
    MemoryRecorder recorder{granted()};
};

TEST_F(RecorderWithMemorySink, KeepsSpansInTheOrderTheyEnded) {
    record(3);
    static_cast<void>(recorded(recorder));
    record(2);
    std::vector<std::int64_t> indices;
    for (const auto& span : recorded(recorder)) indices.push_back(*span.attributes.at("index").asInt());
    EXPECT_THAT(indices, ::testing::ElementsAre(0, 1, 2, 0, 1));
    EXPECT_EQ(recorder.sink().stats().received, 5U);
    EXPECT_TRUE(isConserved(recorder.sink().stats()));
}

TEST_F(RecorderWithMemorySink, ForgetsWithoutUncountingWhenItIsCleared) {
    record(3);
    EXPECT_TRUE(recorder.flush(std::chrono::seconds(1)));
    recorder.sink().clear();
    EXPECT_TRUE(recorder.sink().spans().empty());
    EXPECT_EQ(recorder.stats().delivered, 3U);
    record(1);
    EXPECT_EQ(recorded(recorder).size(), 1U);
    EXPECT_TRUE(isConserved(recorder.sink().stats()));
}

TEST_F(RecorderWithMemorySink, CountsWhatItIsMadeToForget) {
    record(3);
    EXPECT_TRUE(recorder.flush(std::chrono::seconds(1)));
    recorder.sink().purge();
    EXPECT_TRUE(recorder.sink().spans().empty());
    const auto stats = recorder.sink().stats();
    EXPECT_EQ(stats.delivered, 0U);
    EXPECT_EQ(stats.dropped[DropReason::consentWithdrawn], 3U);
    EXPECT_TRUE(isConserved(stats));
}

TEST_F(RecorderWithMemorySink, CountsWhatWasClearedAsDeliveredAlsoAfterAPurge) {
    record(3);
    EXPECT_TRUE(recorder.flush(std::chrono::seconds(1)));
    recorder.sink().clear();
    record(2);
    EXPECT_TRUE(recorder.flush(std::chrono::seconds(1)));
    recorder.sink().purge();
    EXPECT_EQ(recorder.sink().stats().delivered, 3U);
    EXPECT_EQ(recorder.sink().stats().dropped.total(), 2U);
}

TEST(MemorySink, DropsTheOldestBatchesBeyondItsCapacity) {
    constexpr std::size_t spansPerBatch = 16 * 1024;
    sidespan::detail::SpanItem item{};
    item.word = sidespan::detail::ItemWord::make(sidespan::detail::ItemType::span, 0, sizeof item, 0, 1);
    item.name = "a";
    std::vector<sidespan::detail::SpanItem> batch(spansPerBatch, item);
    constexpr std::size_t batchBytes = spansPerBatch * sizeof(sidespan::detail::SpanItem);
    constexpr std::size_t fitting = MemorySink::capacityBytes / batchBytes;

    MemorySink sink(sidespan::validate(granted()).value());
    const sidespan::Resource resource;
    for (std::size_t i = 0; i < fitting + 3; ++i) {
        batch.front().spanId = i + 1;
        sink.consume(sidespan::SpanBatch(std::as_bytes(std::span(batch)), batch.size(), resource));
    }
    const auto stats = sink.stats();
    EXPECT_EQ(stats.received, (fitting + 3) * spansPerBatch);
    EXPECT_EQ(stats.delivered, fitting * spansPerBatch);
    EXPECT_EQ(stats.dropped[DropReason::outboxFull], 3 * spansPerBatch);
    EXPECT_TRUE(isConserved(stats));
}

}
