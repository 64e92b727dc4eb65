#include "lanes.h"

#include <chrono>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

namespace {

using namespace sidespan::test;
using namespace std::chrono_literals;
using sidespan::attr;
using sidespan::AttributeValue;
using sidespan::SpanContext;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

/// Arrays, and what events and links carry, on a lane.
class LanePart : public LaneTest {};

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

TEST_F(LanePart, KeepsEventsWithTheirTimesAndAttributes) {
    {
        auto root = lane.span("root");
        recorder.clock().advance(1ms);
        root.event("begun");
        auto child = root.child("child");
        recorder.clock().advance(1ms);
        root.event("retry", sidespan::attr("attempt", 3), sidespan::attr("why", "timeout"));
        child.event("begun", sidespan::attr("ok", true));
        child.set("after.event", 1);
        root.set("after.event", 2);
    }
    const auto root = span("root");
    ASSERT_THAT(root.events, SizeIs(2));
    EXPECT_EQ(root.events[0].name, "begun");
    EXPECT_EQ(root.events[0].timeUnixNano, root.startTimeUnixNano + 1'000'000);
    EXPECT_THAT(root.events[0].attributes, IsEmpty());
    EXPECT_EQ(root.events[1].name, "retry");
    EXPECT_EQ(root.events[1].timeUnixNano, root.startTimeUnixNano + 2'000'000);
    EXPECT_THAT(root.events[1].attributes, ElementsAre(Pair("attempt", 3), Pair("why", "timeout")));
    EXPECT_THAT(root.attributes, ElementsAre(Pair("after.event", 2)));
    const auto child = span("child");
    ASSERT_THAT(child.events, SizeIs(1));
    EXPECT_THAT(child.events[0].attributes, ElementsAre(Pair("ok", true)));
    EXPECT_THAT(child.attributes, ElementsAre(Pair("after.event", 1)));
}

TEST_F(LanePart, KeepsLinks) {
    SpanContext other;
    {
        auto span = lane.span("other");
        other = span.context();
    }
    {
        auto root = lane.span("root");
        auto child = root.child("child");
        root.link(other);
        root.link(SpanContext());
        child.link(root.context());
    }
    ASSERT_THAT(span("root").links, SizeIs(1));
    EXPECT_EQ(span("root").links[0].traceId, span("other").traceId);
    EXPECT_EQ(span("root").links[0].spanId, span("other").spanId);
    ASSERT_THAT(span("child").links, SizeIs(1));
    EXPECT_EQ(span("child").links[0].spanId, span("root").spanId);
}

TEST_F(LanePart, CountsLinksThatDoNotFitAsLinks) {
    {
        auto root = lane.span("root");
        for (std::uint64_t i = 1; i <= 200; ++i) root.link({sidespan::TraceId(1, 1), sidespan::SpanId(i)});
    }
    EXPECT_EQ(span("root").links.size(), 3'760U / 32U);
    EXPECT_EQ(span("root").droppedLinks, 200U - 3'760U / 32U);
    EXPECT_EQ(span("root").droppedAttributes, 0U);
}

TEST_F(LanePart, NeverMixesAnEventsAttributesIntoAnotherEvent) {
    {
        auto root = lane.span("root");
        for (int i = 0; i < 200; ++i) {
            const std::string text(static_cast<std::size_t>(i * 7 % 90), 'x');
            root.event("tick", sidespan::attr("i", i), sidespan::attr("text", text));
        }
    }
    int last = -1;
    for (const auto& event : span("root").events) {
        if (!event.attributes.contains("i")) continue;
        const auto i = static_cast<int>(*event.attributes.at("i").asInt());
        EXPECT_GT(i, last);
        last = i;
        if (event.attributes.contains("text")) {
            EXPECT_EQ(event.attributes.at("text").asString()->size(), static_cast<std::size_t>(i * 7 % 90));
        }
    }
    EXPECT_EQ(span("root").events.size() + span("root").droppedEvents, 200U);
}

}
