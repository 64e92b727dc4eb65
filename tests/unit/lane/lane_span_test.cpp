#include "lanes.h"

#include <cmath>
#include <limits>
#include <memory>

#include <gmock/gmock.h>

namespace {

using namespace sidespan::test;
using namespace std::chrono_literals;
using sidespan::SpanContext;
using sidespan::SpanKind;
using sidespan::SpanStatus;
using sidespan::TraceFlags;
using sidespan::testing::isChildOf;
using sidespan::testing::isRoot;
using sidespan::testing::tree;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

class LaneSpan : public LaneTest {};

TEST_F(LaneSpan, KeepsItsNameAndItsTimes) {
    recorder.clock().advance(3ms);
    {
        auto span = lane.span("dsp.work");
        recorder.clock().advance(2500us);
    }
    const auto begun = sidespan::ManualClock::startUnixNanos + 3'000'000;
    const auto work = span("dsp.work");
    EXPECT_EQ(work.startTimeUnixNano, begun);
    EXPECT_EQ(work.endTimeUnixNano, begun + 2'500'000);
    EXPECT_EQ(work.status, "ok");
    EXPECT_EQ(work.kind, "internal");
    EXPECT_THAT(work, isRoot());
    EXPECT_EQ(work.clientVersion, "1.2.0");
}

TEST_F(LaneSpan, NestsAsTheHandlesDo) {
    {
        auto root = lane.span("root");
        {
            auto first = root.child("first");
            auto inner = first.child("inner");
        }
        auto second = root.child("second");
        auto inner = second.child("inner of second");
    }
    { auto next = lane.span("next"); }
    EXPECT_EQ(tree(spans()), "root\n  first\n    inner\n  second\n    inner of second\nnext\n");
    for (const auto& span : spans()) {
        EXPECT_EQ(span.traceId == spans().front().traceId, span.name != "next") << span.name;
    }
}

TEST_F(LaneSpan, SetsAttributesOfAParentBetweenAndAfterItsChildren) {
    {
        auto root = lane.span("root");
        root.set("before", 1);
        {
            auto child = root.child("child");
            root.set("during", 2);
            child.set("own", "child's");
            {
                auto inner = child.child("inner");
                root.set("deep", 3);
                child.set("late", true);
                inner.set("own", "inner's");
            }
        }
        auto second = root.child("second");
        root.set("after", 4.5);
        second.set("own", "second's");
    }
    EXPECT_THAT(span("root").attributes,
                ElementsAre(Pair("after", 4.5), Pair("before", 1), Pair("deep", 3), Pair("during", 2)));
    EXPECT_THAT(span("child").attributes, ElementsAre(Pair("late", true), Pair("own", "child's")));
    EXPECT_THAT(span("inner").attributes, ElementsAre(Pair("own", "inner's")));
    EXPECT_THAT(span("second").attributes, ElementsAre(Pair("own", "second's")));
}

TEST_F(LaneSpan, KeepsTheLastValueOfAKey) {
    {
        auto root = lane.span("root");
        root.set("gain", 1);
        auto child = root.child("child");
        child.set("gain", 7);
        root.set("gain", "loud");
    }
    EXPECT_THAT(span("root").attributes, ElementsAre(Pair("gain", "loud")));
    EXPECT_THAT(span("child").attributes, ElementsAre(Pair("gain", 7)));
}

TEST_F(LaneSpan, KeepsEveryTypeOfValue) {
    const std::string_view withZero("a\0b", 3);
    const char* const nothing = nullptr;
    {
        auto root = lane.span("root");
        root.set("a.least", std::numeric_limits<std::int64_t>::min());
        root.set("b.most", std::numeric_limits<std::int64_t>::max());
        root.set("c.unsigned", 200U);
        root.set("d.false", false);
        root.set("e.real", -0.1);
        root.set("f.float", 0.5F);
        root.set("g.infinite", std::numeric_limits<double>::infinity());
        root.set("h.empty", "");
        root.set("i.zero", withZero);
        root.set("j.string", std::string("text"));
        root.set("k.null", nothing);
        root.set("l.lazy", [] { return 12; });
        root.set("m.utf8", "Größe");
    }
    EXPECT_THAT(span("root").attributes,
                ElementsAre(Pair("a.least", std::numeric_limits<std::int64_t>::min()),
                            Pair("b.most", std::numeric_limits<std::int64_t>::max()), Pair("c.unsigned", 200),
                            Pair("d.false", false), Pair("e.real", -0.1), Pair("f.float", 0.5),
                            Pair("g.infinite", std::numeric_limits<double>::infinity()), Pair("h.empty", ""),
                            Pair("i.zero", withZero), Pair("j.string", "text"), Pair("k.null", ""),
                            Pair("l.lazy", 12), Pair("m.utf8", "Größe")));
}

TEST_F(LaneSpan, CopiesTextOfEveryLength) {
    std::string text;
    for (int i = 0; i < 300; ++i) {
        {
            auto span = lane.span("root");
            span.set("before", 1);
            span.set("text", text);
            span.set("after", 2);
        }
        ASSERT_EQ(spans().back().attributes.at("text"), text) << "of length " << i;
        ASSERT_EQ(spans().back().attributes.at("after"), 2) << "of length " << i;
        recorder.sink().clear();
        text += static_cast<char>('a' + i % 26);
    }
}

TEST_F(LaneSpan, CopiesTextWhenItIsSet) {
    std::string text = "first";
    {
        auto span = lane.span("root");
        span.set("text", text);
        text = "second";
    }
    EXPECT_EQ(span("root").attributes.at("text"), "first");
}

TEST_F(LaneSpan, KeepsItsStatusAndKind) {
    {
        auto root = lane.span("root");
        root.setKind(SpanKind::server);
        auto child = root.child("child");
        root.setStatus(SpanStatus::cancelled);
        child.setStatus(SpanStatus::error, "no such file");
        child.setKind(SpanKind::client);
        root.setKind(SpanKind::consumer);
    }
    EXPECT_EQ(tree(spans()), "root [cancelled]\n  child [error: no such file]\n");
    EXPECT_EQ(span("root").kind, "consumer");
    EXPECT_EQ(span("child").kind, "client");
}

TEST_F(LaneSpan, ReplacesStatusAndMessageWhenSaidAgain) {
    {
        auto root = lane.span("root");
        root.setStatus(SpanStatus::error, "first");
        root.setStatus(SpanStatus::error, "second, and longer");
        auto child = root.child("child");
        child.setStatus(SpanStatus::error, "over by now");
        child.setStatus(SpanStatus::ok);
    }
    EXPECT_EQ(tree(spans()), "root [error: second, and longer]\n  child\n");
    EXPECT_EQ(span("child").statusMessage, "");
}

TEST_F(LaneSpan, KeepsOkWhateverIsSaidAfterIt) {
    {
        auto root = lane.span("root");
        root.setStatus(SpanStatus::error, "first");
        root.setStatus(SpanStatus::ok, "no message goes with it");
        root.setStatus(SpanStatus::error, "too late");
    }
    EXPECT_EQ(tree(spans()), "root\n");
    EXPECT_EQ(span("root").statusMessage, "");
}

TEST_F(LaneSpan, DoesNotTurnAnExceptionIntoAStatus) {
    try {
        auto span = lane.span("root");
        throw std::runtime_error("no");
    } catch (const std::runtime_error&) {
    }
    EXPECT_EQ(span("root").status, "ok");
}

// Builds a chain of children by recursion, `depth` spans deep, and says how many of them are recorded.
template <class AnySpan>
int nest(const AnySpan& parent, int depth) {
    if (depth == 0) return 0;
    auto child = parent.child("deeper");
    child.set("left", depth);
    return (child.isRecording() ? 1 : 0) + nest(child, depth - 1);
}

TEST_F(LaneSpan, NestsTwoHundredDeep) {
    int deeper = 0;
    {
        auto root = lane.span("root");
        deeper = nest(root, 200);
    }
    EXPECT_EQ(deeper, 200);
    const auto all = spans();
    ASSERT_THAT(all, SizeIs(201));
    std::string parent;
    for (std::size_t i = 0; i < all.size(); ++i) {
        EXPECT_EQ(all[i].parentSpanId, parent) << "at depth " << i;
        if (i > 0) {
            EXPECT_EQ(all[i].attributes.at("left"), static_cast<int>(201 - i));
        }
        parent = all[i].spanId;
    }
}

TEST_F(LaneSpan, NestedDeeperIsCountedAndNotRecorded) {
    int deeper = 0;
    {
        auto root = lane.span("root");
        deeper = nest(root, 205);
        auto sibling = root.child("sibling");
    }
    EXPECT_EQ(deeper, 200);
    EXPECT_THAT(spans(), SizeIs(202));
    EXPECT_EQ(recorder.stats().recorded, 203U);
    EXPECT_EQ(recorder.stats().dropped[sidespan::DropReason::tooManyOpen], 1U);
    EXPECT_TRUE(recorder.stats().isConserved());
}

TEST_F(LaneSpan, CutsLongTextAtACharacter) {
    std::string umlauts;
    while (umlauts.size() < 10'000) umlauts += "ü";
    {
        auto span = lane.span("even");
        span.set("text", umlauts);
    }
    {
        auto span = lane.span("odd");
        span.set("text", "x" + umlauts);
    }
    const auto told = [&](const char* name) {
        const auto text = *span(name).attributes.at("text").asString();
        EXPECT_TRUE(text.ends_with("…")) << text;
        return text.substr(0, text.rfind("…"));
    };
    const auto even = told("even");
    const auto odd = told("odd");
    EXPECT_EQ(even, umlauts.substr(0, even.size()));
    EXPECT_EQ(odd, ("x" + umlauts).substr(0, odd.size()));
    EXPECT_EQ(even.size() % 2, 0U);
    EXPECT_EQ(odd.size() % 2, 1U);
    EXPECT_GT(even.size(), 3'700U);
    EXPECT_LE(even.size(), 3'750U);
    EXPECT_EQ(span("even").droppedAttributes, 0U);
}

TEST_F(LaneSpan, CutsALongStatusMessage) {
    {
        auto span = lane.span("root");
        span.setStatus(SpanStatus::error, std::string(5'000, 'e'));
    }
    const auto message = span("root").statusMessage;
    EXPECT_EQ(message, std::string(message.size() - 3, 'e') + "…");
    EXPECT_GT(message.size(), 3'700U);
}

TEST_F(LaneSpan, SaysWhyItFailedThoughItsRecordIsFull) {
    const auto fail = [&](sidespan::Literal name, const std::string& why) {
        auto span = lane.span(name);
        for (int i = 0; i < 300; ++i) span.set("number", i);
        span.setStatus(SpanStatus::error, "timed out");
        span.setStatus(SpanStatus::error, why);
        span.set("late", 1);
    };
    fail("short", "disk full");
    fail("long", std::string(2'000, 'w'));
    EXPECT_EQ(span("short").attributes.at("number"), 155);
    EXPECT_EQ(span("short").droppedAttributes, 300U - 156U + 1U);
    EXPECT_EQ(span("short").statusMessage, "disk full");
    const auto message = span("long").statusMessage;
    EXPECT_EQ(message, std::string(message.size() - 3, 'w') + "…");
    EXPECT_GT(message.size(), 200U);
}

TEST_F(LaneSpan, LeavesOutWhatIsBeyondItsRecordAndCountsIt) {
    {
        auto root = lane.span("root");
        auto child = root.child("child");
        for (int i = 0; i < 6; ++i) root.set("big", std::string(1'000, static_cast<char>('a' + i)));
        child.set("size", 1);
        for (int i = 0; i < 100; ++i) child.event("tick", sidespan::attr("i", i), sidespan::attr("j", i));
        root.set("small", 1);
    }
    // 64 bytes of head, 256 for a status message and 16 for the counts leave room for three texts of 1,016
    // bytes; what is smaller still fits.
    const auto root = span("root");
    EXPECT_EQ(root.attributes.at("big"), std::string(1'000, 'c'));
    EXPECT_EQ(root.attributes.at("small"), 1);
    EXPECT_EQ(root.droppedAttributes, 3U);
    EXPECT_EQ(root.droppedEvents, 0U);
    // Of 3,760 bytes, 24 are the attribute's; an event with two attributes takes 72, one that is cut short
    // less.
    const auto child = span("child");
    EXPECT_EQ(child.attributes.at("size"), 1);
    EXPECT_EQ(child.events.size() + child.droppedEvents, 100U);
    EXPECT_EQ(child.events.size(), 52U);
    EXPECT_EQ(child.events.front().attributes.at("j"), 0);
    for (const auto& event : child.events) EXPECT_LE(event.attributes.size(), 2U);
}

TEST_F(LaneSpan, TakesLargeNumbersAndCharactersAsText) {
    {
        auto root = lane.span("root");
        root.set("most", std::numeric_limits<std::uint64_t>::max());
        root.set("note", 'C');
    }
    EXPECT_EQ(span("root").attributes.at("most"), "18446744073709551615");
    EXPECT_EQ(span("root").attributes.at("note"), "C");
}

TEST_F(LaneSpan, KeepsWhatIsSaidOfItThoughASiblingIsOpenToo) {
    {
        auto root = lane.span("root");
        auto filter = root.child("filter");
        auto reverb = root.child("reverb");
        filter.set("of", "filter");
        auto biquad = filter.child("biquad");
        reverb.event("of reverb");
        filter.setStatus(SpanStatus::error, "of filter");
        biquad.set("of", "biquad");
        root.set("of", "root");
        reverb.set("of", "reverb");
    }
    EXPECT_EQ(tree(spans()), "root\n  filter [error: of filter]\n    biquad\n  reverb\n");
    for (const char* name : {"root", "filter", "reverb", "biquad"})
        EXPECT_THAT(span(name).attributes, ElementsAre(Pair("of", std::string(name))));
    EXPECT_EQ(span("filter").statusMessage, "of filter");
    EXPECT_THAT(span("reverb").events, SizeIs(1));
}

TEST_F(LaneSpan, KeepsItsPlaceThoughAnOlderSiblingEndsFirst) {
    struct Holder {
        SoloRecorder::Lane::Span span;
    };
    {
        auto root = lane.span("root");
        auto first = std::unique_ptr<Holder>(new Holder{root.child("first")});
        auto second = root.child("second");
        first.reset();
        auto third = root.child("third");
        second.set("of", "second");
        third.set("of", "third");
    }
    EXPECT_EQ(tree(spans()), "root\n  first\n  second\n  third\n");
    EXPECT_THAT(span("first").attributes, IsEmpty());
    EXPECT_EQ(span("second").attributes.at("of"), "second");
    EXPECT_EQ(span("third").attributes.at("of"), "third");
}

TEST_F(LaneSpan, RecordsNothingMoreOnceItsOutermostSpanHasEnded) {
    struct Holder {
        SoloRecorder::Lane::Span span;
    };
    std::unique_ptr<Holder> late;
    {
        auto root = lane.span("root");
        late.reset(new Holder{root.child("late")});
    }
    recorder.clock().advance(1ms);
    {
        auto next = lane.span("next");
        EXPECT_FALSE(late->span.isRecording());
        EXPECT_FALSE(late->span.context().isValid());
        late->span.set("too", "late");
        late->span.setStatus(SpanStatus::error, "too late");
        auto child = late->span.child("child of nothing");
        EXPECT_FALSE(child.isRecording());
        late.reset();
        next.set("size", 1);
    }
    EXPECT_EQ(tree(spans()), "root\n  late\nnext\n");
    EXPECT_EQ(span("late").startTimeUnixNano, span("late").endTimeUnixNano);
    EXPECT_EQ(span("late").status, "ok");
    EXPECT_THAT(span("late").attributes, IsEmpty());
    EXPECT_THAT(span("next").attributes, SizeIs(1));
    EXPECT_EQ(recorder.stats().dropped.total(), 0U);
}

TEST_F(LaneSpan, IsOneOfThousandsOfLanes) {
    constexpr int lanes = 2'000;
    std::vector<SoloRecorder::Lane> open;
    for (int i = 0; i < lanes; ++i) open.push_back(recorder.openLane(smallLane()));
    for (int i = 0; i < lanes; ++i) {
        auto root = open[static_cast<std::size_t>(i)].span("root");
        root.set("lane", i);
    }
    EXPECT_THAT(spans(), SizeIs(lanes));
    open.clear();
    EXPECT_TRUE(recorder.flush(patience));
    EXPECT_EQ(recorder.stats().recorded, static_cast<std::uint64_t>(lanes));
    EXPECT_TRUE(recorder.stats().isConserved());
}

TEST_F(LaneSpan, IsItsContextToOthers) {
    SpanContext root;
    SpanContext child;
    {
        auto span = lane.span("root");
        root = span.context();
        auto inner = span.child("child");
        child = inner.context();
        EXPECT_TRUE(root.isValid());
        EXPECT_TRUE(root.isSampled());
        EXPECT_FALSE(root.isRemote);
        EXPECT_EQ(root.traceId, child.traceId);
        auto elsewhere = recorder.span("elsewhere", child);
    }
    EXPECT_EQ(span("root").traceId, root.traceId.toUuid());
    EXPECT_EQ(span("root").spanId, root.spanId.toHex());
    EXPECT_EQ(span("child").spanId, child.spanId.toHex());
    EXPECT_THAT(span("elsewhere"), isChildOf(span("child")));
}

TEST_F(LaneSpan, IsAChildOfTheContextItIsGiven) {
    SpanContext parent;
    {
        auto span = recorder.span("upload");
        parent = span.context();
        auto inside = lane.span("callback", parent);
        auto child = inside.child("filter");
        EXPECT_EQ(child.context().traceId, parent.traceId);
        auto grandchild = child.child("biquad");
        EXPECT_EQ(grandchild.context().traceId, parent.traceId);
    }
    EXPECT_EQ(tree(spans()), "upload\n  callback\n    filter\n      biquad\n");
    for (const auto& span : spans()) EXPECT_EQ(span.traceId, parent.traceId.toUuid());
}

TEST_F(LaneSpan, IsARootWhenTheContextIsNotValid) {
    { auto span = lane.span("callback", SpanContext()); }
    EXPECT_THAT(span("callback"), isRoot());
}

TEST(LaneSpanInBatch, TellsOfARemoteParentAndItsFlags) {
    SoloRecorder recorder(laneConfig());
    auto lane = recorder.openLane();
    const SpanContext remote{sidespan::TraceId(1, 2), sidespan::SpanId(3),
                             TraceFlags::sampled | TraceFlags::random, true};
    {
        auto span = lane.span("callback", remote);
        EXPECT_EQ(span.context().flags, TraceFlags::sampled | TraceFlags::random);
        EXPECT_FALSE(span.context().isRemote);
        auto child = span.child("filter");
        EXPECT_EQ(child.context().flags, TraceFlags::sampled | TraceFlags::random);
    }
    const auto spans = recorded(recorder);
    EXPECT_EQ(only(spans, hasName("callback")).parentSpanId, "0000000000000003");
    EXPECT_EQ(only(spans, hasName("callback")).traceId, sidespan::TraceId(1, 2).toUuid());
    EXPECT_EQ(only(spans, hasName("filter")).traceId, sidespan::TraceId(1, 2).toUuid());
}

}
