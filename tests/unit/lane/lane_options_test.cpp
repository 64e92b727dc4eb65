#include "lanes.h"

#include <cmath>

#include <gmock/gmock.h>

namespace {

using namespace sidespan::test;
using namespace std::chrono_literals;
using sidespan::check;
using sidespan::ErrorCode;
using sidespan::LaneOptions;
using ::testing::HasSubstr;

struct Case {
    LaneOptions options;
    std::string field;
    std::string right;
};

std::vector<Case> wrongOptions() {
    const auto with = [](auto change) {
        LaneOptions options;
        change(options);
        return options;
    };
    const double nan = std::nan("");
    return {
        {with([](auto& o) { o.sampleRate = 0.5; }), "LaneOptions::sampleRate is 0.5",
         "from 1 to 10000000 Hz"},
        {with([](auto& o) { o.sampleRate = 1.1e7; }), "LaneOptions::sampleRate", "from 1 to 10000000 Hz"},
        {with([](auto& o) { o.sampleRate = -48'000; }), "LaneOptions::sampleRate is -48000", "from 1 to"},
        {with([=](auto& o) { o.sampleRate = nan; }), "LaneOptions::sampleRate is nan", "from 1 to"},
        {with([](auto& o) { o.keepOverLoad = -0.1; }), "LaneOptions::keepOverLoad is -0.1",
         "from 0 to 1000000"},
        {with([](auto& o) { o.keepOverLoad = 2e6; }), "LaneOptions::keepOverLoad is 2000000",
         "from 0 to 1000000"},
        {with([](auto& o) { o.sampleRate = 1e-9; }), "LaneOptions::sampleRate is 1e-09", "from 1 to"},
        {with([=](auto& o) { o.keepOverLoad = nan; }), "LaneOptions::keepOverLoad is nan", "from 0 to"},
        {with([](auto& o) { o.maxKeptPerSecond = 0; }), "LaneOptions::maxKeptPerSecond is 0",
         "from 0.01 to 1000000"},
        {with([](auto& o) { o.maxKeptPerSecond = 2e6; }), "LaneOptions::maxKeptPerSecond",
         "from 0.01 to 1000000"},
        {with([=](auto& o) { o.maxKeptPerSecond = nan; }), "LaneOptions::maxKeptPerSecond is nan",
         "from 0.01"},
        {with([](auto& o) { o.capacityBytes = 16'383; }), "LaneOptions::capacityBytes is 16383",
         "from 16384 to 268435456 bytes"},
        {with([](auto& o) { o.capacityBytes = 268'435'457; }), "LaneOptions::capacityBytes is 268435457",
         "from 16384 to 268435456 bytes"},
        {with([](auto& o) { o.summaryInterval = -1ms; }), "LaneOptions::summaryInterval is -1 ms",
         "0 ms or more"},
    };
}

TEST(LaneOptions, AreRightAsTheyComeAndAtTheirEdges) {
    EXPECT_FALSE(check(LaneOptions()));
    EXPECT_FALSE(check({.sampleRate = 1,
                        .keepOverLoad = 0,
                        .maxKeptPerSecond = 0.01,
                        .capacityBytes = 16'384,
                        .summaryInterval = 0ms}));
    EXPECT_FALSE(check({.sampleRate = 1e7,
                        .keepOverLoad = 1e6,
                        .keepOneIn = 0xffffffffU,
                        .maxKeptPerSecond = 1e6,
                        .capacityBytes = 268'435'456}));
}

TEST(LaneOptions, SayWhichFieldIsWrongWhatItHoldsAndWhatWouldBeRight) {
    for (const auto& [options, field, right] : wrongOptions()) {
        const auto error = check(options);
        ASSERT_TRUE(error) << field;
        EXPECT_EQ(error->code, ErrorCode::invalidConfig);
        EXPECT_THAT(error->message, HasSubstr(field));
        EXPECT_THAT(error->message, HasSubstr("it must be " + right));
    }
}

TEST(LaneOptions, ThatAreWrongGiveAClosedLaneAndTellOnError) {
    std::vector<std::string> told;
    auto config = laneConfig();
    config.onError = [&](const sidespan::Error& error) { told.push_back(error.message); };
    SoloRecorder recorder(config);
    for (const auto& [options, field, right] : wrongOptions()) {
        told.clear();
        auto lane = recorder.openLane(options);
        EXPECT_FALSE(lane.isOpen());
        { auto span = lane.span("a"); }
        { auto block = lane.block(480); }
        ASSERT_EQ(told.size(), 1U);
        EXPECT_THAT(told[0], HasSubstr(field));
    }
    EXPECT_EQ(recorder.stats(), sidespan::Stats());
}

}
