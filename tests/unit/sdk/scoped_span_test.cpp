#include "probe_sink.h"
#include "recorders.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <sidespan/encoding/utf8.h>

namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using namespace sidespan::test;
using sidespan::attr;
using sidespan::AttributeValue;
using sidespan::Span;
using sidespan::SpanKind;
using sidespan::SpanStatus;
using ::testing::ElementsAre;
using ::testing::Pair;

class ScopedSpan : public ::testing::Test {
protected:
    using Recorder = MemoryRecorder<std::mutex>;

    Span onlySpan() { return onlyRecorded(recorder); }
    Recorder recorder{granted()};
};

constexpr double unread = 0;

struct Gain {
    float decibels;
};

TEST_F(ScopedSpan, KeepsAttributesOfFourTypes) {
    {
        auto span = recorder.span("a");
        span.set("literal", "flac");
        span.set("string", "wav"s);
        span.set("view", std::string_view("mp3"));
        span.set("int", 42);
        span.set("negative", -7L);
        span.set("unsigned", std::uint8_t{200});
        span.set("largest", std::numeric_limits<std::int64_t>::max());
        span.set("double", 0.25);
        span.set("float", 0.5F);
        span.set("true", true);
        span.set("false", false);
    }
    const auto attributes = onlySpan().attributes;
    EXPECT_EQ(attributes.at("literal"), AttributeValue("flac"));
    EXPECT_EQ(attributes.at("string"), AttributeValue("wav"));
    EXPECT_EQ(attributes.at("view"), AttributeValue("mp3"));
    EXPECT_EQ(attributes.at("int"), AttributeValue(42));
    EXPECT_EQ(attributes.at("negative"), AttributeValue(-7));
    EXPECT_EQ(attributes.at("unsigned"), AttributeValue(200));
    EXPECT_EQ(attributes.at("largest"), AttributeValue(std::numeric_limits<std::int64_t>::max()));
    EXPECT_EQ(attributes.at("double"), AttributeValue(0.25));
    EXPECT_EQ(attributes.at("float"), AttributeValue(0.5));
    EXPECT_EQ(attributes.at("true"), AttributeValue(true));
    EXPECT_EQ(attributes.at("false"), AttributeValue(false));
    EXPECT_EQ(attributes.size(), 11U);
}

TEST_F(ScopedSpan, KeepsTextOfEveryShortLengthWhole) {
    const std::string text = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-";
    for (std::size_t size = 0; size <= text.size(); ++size) {
        auto span = recorder.span("a");
        span.set("size", size);
        span.set("text", std::string_view(text).substr(0, size));
    }
    for (const auto& span : recorded(recorder)) {
        const auto size = static_cast<std::size_t>(*span.attributes.at("size").asInt());
        EXPECT_EQ(span.attributes.at("text"), text.substr(0, size));
    }
}

TEST_F(ScopedSpan, KeepsTextBeyondAscii) {
    {
        auto span = recorder.span("a");
        span.set("file.name", "Schlagzeug – ドラム 🥁.wav");
        span.setStatus(SpanStatus::error, "nicht gefunden: größe");
    }
    EXPECT_EQ(onlySpan().attributes.at("file.name"), "Schlagzeug – ドラム 🥁.wav");
    EXPECT_EQ(onlySpan().statusMessage, "nicht gefunden: größe");
}

TEST_F(ScopedSpan, TakesANullPointerForEmptyText) {
    {
        auto span = recorder.span("a");
        const char* nothing = nullptr;
        span.set("name", nothing);
    }
    EXPECT_EQ(onlySpan().attributes.at("name"), "");
}

TEST_F(ScopedSpan, KeepsTheLastValueOfAKeySetTwice) {
    {
        auto span = recorder.span("a");
        span.set("codec", "wav");
        span.set("rate", 1);
        span.set("codec", 16);
        span.set("codec", "flac");
    }
    EXPECT_THAT(onlySpan().attributes,
                ElementsAre(Pair("codec", AttributeValue("flac")), Pair("rate", AttributeValue(1))));
}

TEST_F(ScopedSpan, CallsALambdaForItsValueOnce) {
    int calls = 0;
    {
        auto span = recorder.span("a");
        span.set("size", [&] { return std::to_string(++calls); });
        span.set("count", [&] { return calls; });
    }
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(onlySpan().attributes.at("size"), "1");
    EXPECT_EQ(onlySpan().attributes.at("count"), AttributeValue(1));
}

TEST_F(ScopedSpan, CallsNoLambdaWhenItIsNotRecording) {
    Recorder silent(sidespan::Config{});
    auto span = silent.span("a");
    span.set("size", []() -> std::string { throw std::logic_error("called"); });
    EXPECT_FALSE(span.isRecording());
}

TEST_F(ScopedSpan, DoesNothingWhenItIsNotRecording) {
    Recorder silent(sidespan::Config{});
    {
        auto span = silent.span("a");
        span.set("text", std::string(5000, 'x'));
        span.set("int", 1);
        span.event("e", attr("k", 1));
        span.link({sidespan::TraceId(1, 2), sidespan::SpanId(3), sidespan::TraceFlags::none, false});
        span.setStatus(SpanStatus::error, "message");
        span.setKind(SpanKind::client);
        EXPECT_FALSE(span.context().isValid());
        auto child = span.child("b");
        EXPECT_FALSE(child.isRecording());
        auto grandchild = child.child("c");
        EXPECT_FALSE(grandchild.context().isValid());
    }
    EXPECT_EQ(silent.stats(), sidespan::Stats());
}

TEST_F(ScopedSpan, RecordsEventsWithTheirTimesAndAttributes) {
    const auto begin = recorder.clock().unixNanos();
    {
        auto span = recorder.span("a");
        span.event("started");
        recorder.clock().advance(2ms);
        span.event("retry", attr("attempt", 3), attr("why", "timeout"), attr("wait", 0.5),
                   attr("last", true));
        span.set("attempt", "of the span");
    }
    const auto span = onlySpan();
    ASSERT_EQ(span.events.size(), 2U);
    EXPECT_EQ(span.events[0].name, "started");
    EXPECT_EQ(span.events[0].timeUnixNano, begin);
    EXPECT_TRUE(span.events[0].attributes.empty());
    EXPECT_EQ(span.events[1].name, "retry");
    EXPECT_EQ(span.events[1].timeUnixNano, begin + 2'000'000);
    EXPECT_THAT(span.events[1].attributes,
                ElementsAre(Pair("attempt", AttributeValue(3)), Pair("last", AttributeValue(true)),
                            Pair("wait", AttributeValue(0.5)), Pair("why", AttributeValue("timeout"))));
    EXPECT_THAT(span.attributes, ElementsAre(Pair("attempt", AttributeValue("of the span"))));
}

TEST_F(ScopedSpan, KeepsTheEventsOfOneNameApart) {
    {
        auto span = recorder.span("a");
        for (int i = 0; i < 3; ++i) span.event("chunk", attr("index", i));
    }
    const auto events = onlySpan().events;
    ASSERT_EQ(events.size(), 3U);
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(events[static_cast<std::size_t>(i)].attributes.at("index"), AttributeValue(i));
}

TEST_F(ScopedSpan, LinksToOtherSpansAndPassesOverNone) {
    sidespan::SpanContext target;
    {
        auto other = recorder.span("other");
        target = other.context();
    }
    {
        auto span = recorder.span("a");
        span.link(target);
        span.link({});
    }
    const auto spans = recorded(recorder);
    EXPECT_THAT(only(spans, hasName("a")).links,
                ElementsAre(sidespan::SpanLink{target.traceId.toUuid(), target.spanId.toHex(), 0x101, {}}));
}

TEST_F(ScopedSpan, KeepsAttributesAndFlagsOfLinks) {
    const sidespan::SpanContext remote{sidespan::TraceId(1, 2), sidespan::SpanId(3),
                                       sidespan::TraceFlags::sampled, true};
    {
        auto span = recorder.span("a");
        span.set("position", "of the span");
        span.link(remote, attr("position", 1), attr("position", 2));
        span.event("between", attr("position", "of the event"));
        span.link(remote, attr("why", "again"));
    }
    const auto span = onlySpan();
    ASSERT_EQ(span.links.size(), 2U);
    EXPECT_EQ(span.links[0].flags, 0x301U);
    EXPECT_THAT(span.links[0].attributes, ElementsAre(Pair("position", AttributeValue(2))));
    EXPECT_THAT(span.links[1].attributes, ElementsAre(Pair("why", AttributeValue("again"))));
    EXPECT_THAT(span.attributes, ElementsAre(Pair("position", AttributeValue("of the span"))));
    EXPECT_THAT(span.events.at(0).attributes, ElementsAre(Pair("position", AttributeValue("of the event"))));
}

TEST_F(ScopedSpan, CountsLinksThatDoNotFitApartFromAttributes) {
    const sidespan::SpanContext target{sidespan::TraceId(1, 2), sidespan::SpanId(3)};
    {
        auto span = recorder.span("a");
        for (int i = 0; i < 200; ++i) span.link(target, attr("number", i));
        span.set("late", 1);
    }
    const auto span = onlySpan();
    EXPECT_EQ(span.links.size() + span.droppedLinks, 200U);
    EXPECT_GT(span.links.size(), 60U);
    for (std::size_t i = 0; i + 1 < span.links.size(); ++i)
        EXPECT_EQ(span.links[i].attributes.at("number"), AttributeValue(i));
    EXPECT_LE(span.droppedAttributes, 2U);
}

TEST_F(ScopedSpan, KeepsArraysOfFourTypes) {
    const float peaks[] = {0.5F, 0.25F};
    {
        auto span = recorder.span("a");
        span.set("braces", {1, 2});
        span.set("texts", {"a", ""});
        span.set("strings", std::vector<std::string>{"drum", "größe"});
        span.set("views", std::array{std::string_view("x")});
        span.set("span", std::span<const float>(peaks));
        span.set("plain", peaks);
        span.set("bools", {true, false});
        span.set("bytes", std::vector<std::uint8_t>{0, 255});
        span.set("large", {std::numeric_limits<std::uint64_t>::max(), std::uint64_t{7}});
        span.set("empty", std::vector<int>());
        span.set("lazy", [] { return std::vector{1.5}; });
        span.event("e", attr("sizes", {3, 4}), attr("peaks", peaks));
    }
    const auto span = onlySpan();
    const auto& attributes = span.attributes;
    EXPECT_EQ(attributes.at("braces"), AttributeValue(std::vector{1, 2}));
    EXPECT_EQ(attributes.at("texts"), AttributeValue(std::vector{"a", ""}));
    EXPECT_EQ(attributes.at("strings"), AttributeValue(std::vector{"drum", "größe"}));
    EXPECT_EQ(attributes.at("views"), AttributeValue(std::vector{"x"}));
    EXPECT_EQ(attributes.at("span"), AttributeValue(std::vector{0.5, 0.25}));
    EXPECT_EQ(attributes.at("plain"), AttributeValue(std::vector{0.5, 0.25}));
    EXPECT_EQ(attributes.at("bools"), AttributeValue(std::vector{true, false}));
    EXPECT_EQ(attributes.at("bytes"), AttributeValue(std::vector{0, 255}));
    EXPECT_EQ(attributes.at("large"), AttributeValue(std::vector{"18446744073709551615", "7"}));
    EXPECT_EQ(attributes.at("empty"), AttributeValue(std::vector<int>()));
    EXPECT_EQ(attributes.at("lazy"), AttributeValue(std::vector{1.5}));
    EXPECT_EQ(span.events.at(0).attributes.at("sizes"), AttributeValue(std::vector{3, 4}));
    EXPECT_EQ(span.events.at(0).attributes.at("peaks"), AttributeValue(std::vector{0.5, 0.25}));
}

TEST_F(ScopedSpan, DropsAndCountsAnArrayThatDoesNotFit) {
    {
        auto span = recorder.span("a");
        span.set("kept", std::vector<int>(400, 7));
        span.set("left out", std::vector<int>(400, 7));
        span.set("endless", std::span<const double>(&unread, std::numeric_limits<std::size_t>::max() / 8));
        span.set("small", {1});
    }
    const auto span = onlySpan();
    EXPECT_EQ(span.attributes.at("kept"), AttributeValue(std::vector<int>(400, 7)));
    EXPECT_EQ(span.attributes.at("small"), AttributeValue(std::vector{1}));
    EXPECT_EQ(span.attributes.size(), 2U);
    EXPECT_EQ(span.droppedAttributes, 2U);
}

TEST_F(ScopedSpan, ReplacesAnArrayByAValueOfTheSameKey) {
    {
        auto span = recorder.span("a");
        span.set("key", {1, 2});
        span.set("key", {0.5});
        span.set("other", 1);
        span.set("other", {true});
    }
    EXPECT_THAT(onlySpan().attributes, ElementsAre(Pair("key", AttributeValue(std::vector{0.5})),
                                                   Pair("other", AttributeValue(std::vector{true}))));
}

TEST_F(ScopedSpan, IsOkAndInternalUntilItIsSaidOtherwise) {
    { auto span = recorder.span("a"); }
    EXPECT_EQ(onlySpan().status, "ok");
    EXPECT_EQ(onlySpan().statusMessage, "");
    EXPECT_EQ(onlySpan().kind, "internal");
}

TEST_F(ScopedSpan, KeepsStatusAndKindApart) {
    {
        auto span = recorder.span("a");
        span.setKind(SpanKind::consumer);
        span.setStatus(SpanStatus::cancelled, "closed");
        span.setKind(SpanKind::client);
    }
    EXPECT_EQ(onlySpan().status, "cancelled");
    EXPECT_EQ(onlySpan().statusMessage, "closed");
    EXPECT_EQ(onlySpan().kind, "client");
}

TEST_F(ScopedSpan, ReplacesStatusAndMessageWhenTheyAreSetAgain) {
    {
        auto span = recorder.span("a");
        span.setStatus(SpanStatus::error, "refused");
        span.setStatus(SpanStatus::error, "timed out");
    }
    EXPECT_EQ(onlySpan().statusMessage, "timed out");
    recorder.sink().clear();
    {
        auto span = recorder.span("a");
        span.setStatus(SpanStatus::error, "refused");
        span.setStatus(SpanStatus::ok);
    }
    EXPECT_EQ(onlySpan().status, "ok");
    EXPECT_EQ(onlySpan().statusMessage, "");
}

TEST_F(ScopedSpan, KeepsOkWhateverIsSaidAfterIt) {
    EXPECT_THROW(
        {
            auto span = recorder.span("a");
            span.setStatus(SpanStatus::error, "refused");
            span.setStatus(SpanStatus::ok, "taken at the second attempt");
            span.setStatus(SpanStatus::error, "too late");
            span.setStatus(SpanStatus::unset);
            throw std::runtime_error("somebody else's");
        },
        std::runtime_error);
    EXPECT_EQ(onlySpan().status, "ok");
    EXPECT_EQ(onlySpan().statusMessage, "");
}

TEST_F(ScopedSpan, IsLeftAsItIsByAStatusThatSaysNothing) {
    {
        auto span = recorder.span("a");
        span.setStatus(SpanStatus::error, "refused");
        span.setStatus(SpanStatus::unset, "nothing");
    }
    EXPECT_EQ(onlySpan().status, "error");
    EXPECT_EQ(onlySpan().statusMessage, "refused");
}

TEST_F(ScopedSpan, TellsASinkWhatNobodySaidFromWhatWasSaid) {
    sidespan::Recorder<sidespan::ManualClock, ProbeSink, sidespan::NullLock> probed(granted());
    std::vector<SpanStatus> statuses;
    probed.sink().onConsume = [&](const sidespan::SpanBatch& batch) {
        for (const auto span : batch) statuses.push_back(span.status());
    };
    { auto span = probed.span("silent"); }
    {
        auto span = probed.span("said");
        span.setStatus(SpanStatus::ok);
    }
    EXPECT_TRUE(probed.flush(patience));
    EXPECT_THAT(statuses, ElementsAre(SpanStatus::unset, SpanStatus::ok));
}

TEST_F(ScopedSpan, IsAnErrorWhenAnExceptionPassesThrough) {
    EXPECT_THROW(
        {
            auto outer = recorder.span("outer");
            auto cancelled = outer.child("cancelled");
            cancelled.setStatus(SpanStatus::cancelled);
            auto inner = cancelled.child("inner");
            throw std::runtime_error("no such file");
        },
        std::runtime_error);
    const auto spans = recorded(recorder);
    EXPECT_EQ(only(spans, hasName("outer")).status, "error");
    EXPECT_EQ(only(spans, hasName("inner")).status, "error");
    EXPECT_EQ(only(spans, hasName("cancelled")).status, "cancelled");
}

TEST_F(ScopedSpan, StaysOkWhenTheExceptionIsCaughtWithinIt) {
    {
        auto span = recorder.span("a");
        try {
            throw std::runtime_error("retried");
        } catch (const std::exception&) {
        }
    }
    EXPECT_EQ(onlySpan().status, "ok");
}

TEST_F(ScopedSpan, CutsTextThatIsTooLongBetweenCharacters) {
    const std::string word = "aé€😀";
    std::string text;
    while (text.size() < 6000) text += word;
    for (int shift = 0; shift < 10; ++shift) {
        auto span = recorder.span("a");
        span.set("text", std::string(static_cast<std::size_t>(shift), 'x') + text);
    }
    for (const auto& span : recorded(recorder)) {
        const auto& kept = *span.attributes.at("text").asString();
        EXPECT_EQ(sidespan::toValidUtf8(kept), kept);
        EXPECT_LT(kept.size(), 4096U);
        EXPECT_GT(kept.size(), 3700U);
        const std::string mark = "…";
        ASSERT_TRUE(kept.ends_with(mark)) << kept;
        const auto told = kept.substr(0, kept.size() - mark.size());
        EXPECT_EQ(told, (std::string(kept.find('a'), 'x') + text).substr(0, told.size()));
    }
}

TEST_F(ScopedSpan, DropsAndCountsWhatDoesNotFitIntoFourKibibytes) {
    {
        auto span = recorder.span("a");
        for (int i = 0; i < 300; ++i) span.set("number", i);
        for (int i = 0; i < 10; ++i) span.event("late");
        span.set("text", "more");
    }
    const auto span = onlySpan();
    // 4,096 bytes less a head of 64, 256 for a status message and 16 for the counts hold 156 numbers of 24
    // bytes.
    EXPECT_EQ(span.attributes.at("number"), AttributeValue(155));
    EXPECT_EQ(span.droppedAttributes, 300U - 156U + 1U);
    EXPECT_EQ(span.droppedEvents, 10U);
    EXPECT_TRUE(span.events.empty());
}

TEST_F(ScopedSpan, CountsLinksThatDoNotFitAsLinks) {
    {
        auto span = recorder.span("a");
        for (std::uint64_t i = 1; i <= 200; ++i) span.link({sidespan::TraceId(1, 1), sidespan::SpanId(i)});
    }
    const auto span = onlySpan();
    EXPECT_EQ(span.links.size(), 3'760U / 32U);
    EXPECT_EQ(span.droppedLinks, 200U - 3'760U / 32U);
    EXPECT_EQ(span.droppedAttributes, 0U);
    EXPECT_EQ(span.droppedEvents, 0U);
}

TEST_F(ScopedSpan, TakesWholeNumbersThatNoInt64HoldsAsText) {
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    {
        auto span = recorder.span("a");
        span.set("most", most);
        span.set("first", (most >> 1U) + 1);
        span.set("last number", most >> 1U);
        span.set("lazy", [] { return most - 1; });
        span.event("e", attr("most", most));
    }
    const auto span = onlySpan();
    EXPECT_EQ(span.attributes.at("most"), "18446744073709551615");
    EXPECT_EQ(span.attributes.at("first"), "9223372036854775808");
    EXPECT_EQ(span.attributes.at("last number"), AttributeValue(std::numeric_limits<std::int64_t>::max()));
    EXPECT_EQ(span.attributes.at("lazy"), "18446744073709551614");
    EXPECT_EQ(span.events.at(0).attributes.at("most"), "18446744073709551615");
}

TEST_F(ScopedSpan, TakesACharacterAsText) {
    {
        auto span = recorder.span("a");
        span.set("note", 'C');
        span.set("signed byte", static_cast<signed char>(67));
        span.event("e", attr("note", 'D'));
    }
    const auto span = onlySpan();
    EXPECT_EQ(span.attributes.at("note"), "C");
    EXPECT_EQ(span.attributes.at("signed byte"), AttributeValue(67));
    EXPECT_EQ(span.events.at(0).attributes.at("note"), "D");
}

TEST_F(ScopedSpan, DropsAnEventsAttributesWithTheEvent) {
    {
        auto span = recorder.span("a");
        for (int i = 0; i < 156; ++i) span.set("number", i);
        span.event("late", attr("attempt", 1));
    }
    EXPECT_EQ(onlySpan().droppedEvents, 1U);
    EXPECT_EQ(onlySpan().attributes.size(), 1U);
}

TEST_F(ScopedSpan, CutsTheTextThatFillsTheRecordAndKeepsWhatItCan) {
    {
        auto span = recorder.span("a");
        span.set("first", std::string(3500, 'a'));
        span.set("second", std::string(3800, 'b'));
        span.set("third", std::string(3800, 'c'));
        span.setStatus(SpanStatus::error, std::string(500, 'd'));
    }
    const auto span = onlySpan();
    EXPECT_EQ(span.attributes.at("first").asString()->size(), 3500U);
    EXPECT_GT(span.attributes.at("second").asString()->size(), 100U);
    EXPECT_FALSE(span.attributes.contains("third"));
    EXPECT_EQ(span.droppedAttributes, 1U);
    EXPECT_EQ(span.status, "error");
    EXPECT_GT(span.statusMessage.size(), 240U);
    EXPECT_EQ(span.statusMessage, std::string(span.statusMessage.size() - 3, 'd') + "…");
}

TEST_F(ScopedSpan, SaysWhyItFailedThoughItsRecordIsFull) {
    {
        auto span = recorder.span("a");
        for (int i = 0; i < 300; ++i) span.set("number", i);
        span.setStatus(SpanStatus::error, "timed out");
        span.setStatus(SpanStatus::error, "disk full");
    }
    EXPECT_EQ(onlySpan().statusMessage, "disk full");
}

}
