#include "lanes.h"

#include <gmock/gmock.h>

namespace {

using namespace sidespan::test;
using namespace std::chrono_literals;
using sidespan::Consent;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LaneSummary : public ::testing::Test {
protected:
    static sidespan::LaneOptions everySecond() {
        auto options = quietLane();
        options.summaryInterval = 1s;
        return options;
    }
    void block(std::chrono::nanoseconds takes) {
        auto block = lane.block(tenMillis);
        recorder.clock().advance(takes);
    }
    [[nodiscard]] std::vector<Span> summaries() {
        auto spans = recorded(recorder);
        recorder.sink().clear();
        return spans;
    }
    static double number(const Span& span, const char* key) { return *span.attributes.at(key).asDouble(); }

    SoloRecorder recorder{laneConfig()};
    SoloRecorder::Lane lane = recorder.openLane(everySecond());
};

TEST_F(LaneSummary, ComesOnceAnInterval) {
    for (int i = 0; i < 99; ++i) block(10ms);
    EXPECT_THAT(summaries(), IsEmpty());
    for (int i = 0; i < 2; ++i) block(10ms);
    EXPECT_THAT(summaries(), SizeIs(1));
    for (int i = 0; i < 98; ++i) block(10ms);
    EXPECT_THAT(summaries(), IsEmpty());
    for (int i = 0; i < 3; ++i) block(10ms);
    EXPECT_THAT(summaries(), SizeIs(1));
}

TEST_F(LaneSummary, SaysHowTheLoadWas) {
    for (int i = 1; i <= 1'000; ++i) block(std::chrono::microseconds(i <= 990 ? 5'000 : 11'000));
    block(1us);
    const auto all = summaries();
    ASSERT_THAT(all, SizeIs(1));
    const auto& load = all[0];
    EXPECT_EQ(load.name, "audio.load");
    EXPECT_EQ(load.attributes.at("audio.load.blocks"), 1'000);
    EXPECT_EQ(load.attributes.at("audio.load.overruns"), 10);
    EXPECT_NEAR(number(load, "audio.load.p50"), 0.5, 0.5 / 8);
    EXPECT_NEAR(number(load, "audio.load.p95"), 0.5, 0.5 / 8);
    EXPECT_NEAR(number(load, "audio.load.max"), 1.1, 0.001);
    EXPECT_DOUBLE_EQ(number(load, "audio.sample_rate"), 48'000);
    EXPECT_EQ(load.parentSpanId, "");
    EXPECT_EQ(load.startTimeUnixNano, sidespan::ManualClock::startUnixNanos);
    EXPECT_EQ(load.durationMs, 990 * 5 + 10 * 11);
    EXPECT_EQ(recorder.stats().recorded, 1U);
    EXPECT_EQ(recorder.stats().notKept, 1'001U);
    EXPECT_TRUE(recorder.stats().isConserved());
}

TEST_F(LaneSummary, SaysHowLargeABlockMayBeWhereThatIsKnown) {
    EXPECT_FALSE((block(1ms), lane = {}, summaries()).at(0).attributes.contains("audio.block.max_samples"));
    auto options = everySecond();
    options.maxBlockSamples = 256;
    lane = recorder.openLane(options);
    block(1ms);
    lane = {};
    EXPECT_EQ(summaries().at(0).attributes.at("audio.block.max_samples"), 256);
}

TEST_F(LaneSummary, BeginsWhereTheOneBeforeEnded) {
    for (int i = 0; i < 101; ++i) block(10ms);
    const auto first = summaries();
    for (int i = 0; i < 151; ++i) block(10ms);
    const auto second = summaries();
    ASSERT_THAT(first, SizeIs(1));
    ASSERT_THAT(second, SizeIs(1));
    EXPECT_EQ(second[0].startTimeUnixNano, first[0].endTimeUnixNano);
    EXPECT_EQ(second[0].attributes.at("audio.load.blocks"), 151);
    EXPECT_NE(second[0].spanId, first[0].spanId);
    EXPECT_NE(second[0].traceId, first[0].traceId);
}

TEST_F(LaneSummary, DoesNotComeWithoutBlocks) {
    recorder.clock().advance(1h);
    EXPECT_THAT(summaries(), IsEmpty());
    { auto span = lane.span("a"); }
    recorder.clock().advance(1h);
    EXPECT_EQ(countNamed(summaries(), "audio.load"), 0U);
}

TEST_F(LaneSummary, ComesWhenTheLaneClosesWithTheLastBlockInIt) {
    block(3ms);
    block(4ms);
    lane.close();
    const auto all = summaries();
    ASSERT_THAT(all, SizeIs(1));
    EXPECT_EQ(all[0].attributes.at("audio.load.blocks"), 2);
    EXPECT_NEAR(number(all[0], "audio.load.max"), 0.4, 0.001);
    EXPECT_THAT(summaries(), SizeIs(0));
}

TEST_F(LaneSummary, ComesForEachLane) {
    auto other = recorder.openLane(everySecond());
    block(1ms);
    { auto block = other.block(tenMillis); }
    { auto block = other.block(tenMillis); }
    lane.close();
    other.close();
    const auto all = summaries();
    ASSERT_THAT(all, SizeIs(2));
    EXPECT_NE(all[0].spanId, all[1].spanId);
    EXPECT_EQ(all[0].attributes.at("audio.load.blocks"), 1);
    EXPECT_EQ(all[1].attributes.at("audio.load.blocks"), 2);
}

TEST_F(LaneSummary, NeverComesWhenItIsNotWanted) {
    auto quiet = recorder.openLane(quietLane());
    { auto block = quiet.block(tenMillis); }
    recorder.clock().advance(1h);
    quiet.close();
    EXPECT_THAT(summaries(), IsEmpty());
}

TEST_F(LaneSummary, TellsNothingOfAnEarlierConsent) {
    for (int i = 0; i < 10; ++i) block(20ms);
    recorder.consent().set(Consent::denied);
    recorder.clock().advance(1h);
    recorder.consent().set(Consent::granted);
    const auto granted = recorder.clock().unixNanos();
    EXPECT_THAT(summaries(), IsEmpty());
    for (int i = 0; i < 5; ++i) block(1ms);
    lane.close();
    const auto all = summaries();
    ASSERT_THAT(all, SizeIs(1));
    EXPECT_EQ(all[0].attributes.at("audio.load.blocks"), 5);
    EXPECT_EQ(all[0].attributes.at("audio.load.overruns"), 0);
    EXPECT_GE(all[0].startTimeUnixNano, granted);
}

TEST(LaneSummaryBeforeConsent, BeginsNoEarlierThanConsent) {
    SoloRecorder recorder(laneConfig(Consent::unknown));
    auto options = quietLane();
    options.summaryInterval = 1s;
    auto lane = recorder.openLane(options);
    { auto block = lane.block(tenMillis); }
    recorder.clock().advance(1h);
    const auto granted = recorder.clock().unixNanos();
    recorder.consent().set(Consent::granted);
    EXPECT_THAT(recorded(recorder), IsEmpty());
    for (int i = 0; i < 110; ++i) {
        auto block = lane.block(tenMillis);
        recorder.clock().advance(10ms);
    }
    const auto load = only(recorded(recorder), hasName("audio.load"));
    EXPECT_GE(load.startTimeUnixNano, granted);
    EXPECT_LE(*load.attributes.at("audio.load.blocks").asInt(), 110);
}

}
