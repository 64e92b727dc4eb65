#include "lanes.h"

#include <chrono>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

namespace {

using namespace sidespan::test;
using sidespan::attr;
using sidespan::AttributeValue;
using sidespan::Span;
using sidespan::testing::hasName;
using sidespan::testing::only;
using sidespan::testing::recorded;

/// Arrays, and what events and links carry, on a lane.
class LanePart : public ::testing::Test {
protected:
    [[nodiscard]] Span span(std::string name) { return only(recorded(recorder), hasName(std::move(name))); }

    SoloRecorder recorder{laneConfig()};
    SoloRecorder::Lane lane = recorder.openLane();
};

TEST_F(LanePart, KeepsArraysOfFourTypesAndOfItsPartsApart) {
    {
        auto root = lane.span("root");
        auto child = root.child("child");
        root.set("peaks", {0.5, 0.25});
        child.set("channels", {1, 2});
        root.set("names", {"left", "right"});
        child.event("muted", attr("mutes", {true, false}));
        child.link(root.context(), attr("gains", {0.5F}));
    }
    EXPECT_EQ(span("root").attributes.at("peaks"), AttributeValue(std::vector{0.5, 0.25}));
    EXPECT_EQ(span("root").attributes.at("names"), AttributeValue(std::vector{"left", "right"}));
    EXPECT_EQ(span("child").attributes.at("channels"), AttributeValue(std::vector{1, 2}));
    EXPECT_EQ(span("child").events.at(0).attributes.at("mutes"), AttributeValue(std::vector{true, false}));
    EXPECT_EQ(span("child").links.at(0).attributes.at("gains"), AttributeValue(std::vector{0.5}));
    EXPECT_EQ(span("child").links.at(0).flags, 0x101U);
}

TEST_F(LanePart, DropsAndCountsAnArrayThatNoRecordHolds) {
    const std::vector<double> large(500, 0.5);
    {
        auto root = lane.span("root");
        root.set("large", large);
        auto child = root.child("child");
        child.set("rest", std::span(large).first(460));
    }
    EXPECT_THAT(span("root").attributes, testing::IsEmpty());
    EXPECT_EQ(span("root").droppedAttributes, 1U);
    EXPECT_EQ(span("child").attributes.at("rest"), AttributeValue(std::vector<double>(460, 0.5)));
    EXPECT_EQ(span("child").droppedAttributes, 0U);
}

TEST_F(LanePart, HasEventsWithATimeOfTheirOwn) {
    const std::chrono::sys_seconds noon{std::chrono::seconds(1'700'000'000)};
    {
        auto root = lane.span("root");
        root.event("elsewhere", noon, attr("number", 1));
        root.event("here");
    }
    const auto root = span("root");
    EXPECT_EQ(root.events.at(0).timeUnixNano, 1'700'000'000'000'000'000U);
    EXPECT_EQ(root.events.at(0).attributes.at("number"), AttributeValue(1));
    EXPECT_EQ(root.events.at(1).timeUnixNano, root.startTimeUnixNano);
}

}
