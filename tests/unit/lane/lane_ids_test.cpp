#include "lanes.h"

#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace sidespan::test;

TEST(LaneIds, AreValidAndUniqueAcrossLanesAndThreads) {
    ThreadedRecorder recorder(laneConfig());
    constexpr int lanes = 12;
    constexpr int spansEach = 200;
    std::vector<ThreadedRecorder::Lane> open;
    for (int i = 0; i < lanes; ++i) open.push_back(recorder.openLane());
    std::thread general([&] {
        for (int i = 0; i < spansEach; ++i) {
            auto span = recorder.span("general");
            auto byHandle = recorder.openSpan("open");
        }
    });
    for (int i = 0; i < spansEach; ++i) {
        for (auto& lane : open) {
            auto root = lane.span("root");
            auto child = root.child("child");
        }
    }
    general.join();
    std::set<std::string> spanIds;
    std::set<std::string> traceIds;
    for (const auto& span : recorded(recorder)) {
        EXPECT_TRUE(spanIds.insert(span.spanId).second) << span.spanId;
        EXPECT_NE(span.spanId, "0000000000000000");
        if (span.parentSpanId.empty()) {
            EXPECT_TRUE(traceIds.insert(span.traceId).second) << span.traceId;
        }
        EXPECT_EQ(span.traceId[14], '4');
        EXPECT_NE(std::string_view("89ab").find(span.traceId[19]), std::string_view::npos);
    }
    EXPECT_EQ(spanIds.size(), 2U * (lanes + 1) * spansEach);
}

TEST(LaneIds, DifferBetweenRecorders) {
    std::set<std::string> ids;
    for (int i = 0; i < 4; ++i) {
        SoloRecorder recorder(laneConfig());
        auto lane = recorder.openLane();
        { auto span = lane.span("root"); }
        EXPECT_TRUE(ids.insert(recorded(recorder).front().spanId).second);
    }
}

}
