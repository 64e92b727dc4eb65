#include "probe_sink.h"
#include "recorders.h"

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "support/environment_variable.h"

namespace {

using namespace std::chrono_literals;
using namespace sidespan::test;
using sidespan::attr;
using sidespan::AttributeValue;
using sidespan::Literal;
using sidespan::Name;
using sidespan::Span;
using sidespan::SpanStatus;
using ::testing::ElementsAre;
using ::testing::Pair;
using Time = std::chrono::system_clock::time_point;

constexpr Time noon{std::chrono::seconds(1'700'000'000)};
constexpr std::uint64_t noonNanos = 1'700'000'000'000'000'000;

struct DiskError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Both kinds of handle that say it, in a recorder of their own.
struct Scoped {
    static auto begin(auto& recorder, auto... arguments) { return recorder.span(arguments...); }
};
struct Open {
    static auto begin(auto& recorder, auto... arguments) { return recorder.openSpan(arguments...); }
};

template <class Kind>
class OffLane : public ::testing::Test {
protected:
    template <class Say>
    Span record(Say say) {
        {
            auto span = Kind::begin(recorder_, Literal("literal"));
            say(span);
        }
        return onlyRecorded(recorder_);
    }
    MemoryRecorder<std::mutex> recorder_{granted()};
};
struct KindNames {
    template <class Kind>
    static std::string GetName(int) {
        return std::is_same_v<Kind, Scoped> ? "ScopedSpan" : "OpenSpan";
    }
};
using Kinds = ::testing::Types<Scoped, Open>;
TYPED_TEST_SUITE(OffLane, Kinds, KindNames);

TYPED_TEST(OffLane, RecordsAnExceptionByTheSemanticConvention) {
    const auto span = this->record([](auto& open) {
        try {
            throw DiskError("no space left in größe");
        } catch (const std::exception& error) {
            open.recordException(error);
        }
    });
    ASSERT_EQ(span.events.size(), 1U);
    EXPECT_EQ(span.events[0].name, "exception");
    EXPECT_EQ(span.events[0].timeUnixNano, span.startTimeUnixNano);
    EXPECT_THAT(*span.events[0].attributes.at("exception.type").asString(), ::testing::EndsWith("DiskError"));
    EXPECT_EQ(span.events[0].attributes.at("exception.message"), "no space left in größe");
    EXPECT_EQ(span.status, "ok");
}

TYPED_TEST(OffLane, BoundsWhatItKeepsOfAnException) {
    std::string endless(1'022, 'x');
    endless += "größe";
    const auto span = this->record([&](auto& open) {
        for (int i = 0; i < 5; ++i) open.recordException(std::runtime_error(endless));
    });
    EXPECT_EQ(span.events.at(0).attributes.at("exception.type"), "std::runtime_error");
    EXPECT_EQ(span.events.at(0).attributes.at("exception.message"), endless.substr(0, 1'021) + "…");
    EXPECT_GT(span.droppedAttributes + span.droppedEvents, 0U);
}

TYPED_TEST(OffLane, TakesANameThatIsKnownOnlyAtRunTime) {
    std::string route = "GET /größe \"\\\x01";
    {
        auto span = TypeParam::begin(this->recorder_, Name::copied(route));
        auto child = span.child([&] { return route + " child"; });
        auto other = span.child(Name::copied(""));
        route = "gone";
    }
    const auto spans = recorded(this->recorder_);
    ASSERT_EQ(spans.size(), 3U);
    const auto root = only(spans, hasName("GET /größe \"\\\x01"));
    EXPECT_EQ(only(spans, hasName("GET /größe \"\\\x01 child")).parentSpanId, root.spanId);
    EXPECT_EQ(only(spans, hasName("unnamed")).parentSpanId, root.spanId);
}

TYPED_TEST(OffLane, CutsALongNameBetweenCharacters) {
    const std::string text = std::string(254, 'n') + "ö";
    const auto span = this->record([&](auto& open) { open.updateName(Name::copied(text)); });
    EXPECT_EQ(span.name, std::string(254, 'n'));
}

TYPED_TEST(OffLane, KeepsTheLastName) {
    const auto copied = this->record([](auto& open) {
        open.updateName(Name::copied("first"));
        open.set("between", 1);
        open.updateName([] { return std::string("second"); });
    });
    EXPECT_EQ(copied.name, "second");
    this->recorder_.sink().clear();
    const auto literal = this->record([](auto& open) {
        open.updateName(Name::copied("first"));
        open.updateName("literal again");
    });
    EXPECT_EQ(literal.name, "literal again");
}

TYPED_TEST(OffLane, KeepsItsNameWhereThereIsNoRoomForAnother) {
    const auto span = this->record([](auto& open) {
        for (int i = 0; i < 200; ++i) open.event("filler");
        open.updateName(Name::copied("too late by some characters"));
    });
    EXPECT_EQ(span.name, "literal");
    EXPECT_EQ(span.droppedAttributes, 1U);
}

TYPED_TEST(OffLane, RecordsANameWhoseCallableThrowsAsUnnamed) {
    const auto fail = []() -> std::string { throw DiskError("no name"); };
    EXPECT_THROW({ auto span = TypeParam::begin(this->recorder_, fail); }, DiskError);
    const auto spans = recorded(this->recorder_);
    ASSERT_EQ(spans.size(), 1U);
    EXPECT_EQ(spans[0].name, "unnamed");
    EXPECT_EQ(spans[0].status, "error");
}

TYPED_TEST(OffLane, CallsNoNameOfASpanThatIsNotRecorded) {
    MemoryRecorder<std::mutex> silent;
    int calls = 0;
    {
        auto span = TypeParam::begin(silent, [&calls] {
            ++calls;
            return "x";
        });
        span.updateName([&calls] {
            ++calls;
            return "y";
        });
        span.updateName(Name::copied("z"));
        span.setStartTime(noon);
        span.recordException(DiskError("x"));
        auto child = span.child(Name::copied("child"));
    }
    EXPECT_EQ(calls, 0);
    EXPECT_TRUE(recorded(silent).empty());
}

TYPED_TEST(OffLane, CallsNoNameOfASpanThatIsNotSampled) {
    auto config = granted();
    config.sampler = sidespan::Sampler::alwaysOff();
    MemoryRecorder<std::mutex> silent(config);
    const auto fail = []() -> std::string { throw DiskError("called"); };
    {
        auto span = TypeParam::begin(silent, fail);
        auto child = span.child(fail);
        span.updateName(fail);
        span.setEndTime(noon);
        silent.endSpan(silent.startSpan(fail));
        EXPECT_TRUE(child.context().isValid() && !child.context().isSampled());
    }
    EXPECT_TRUE(recorded(silent).empty());
    EXPECT_EQ(silent.stats().notSampled, 3U);
}

TYPED_TEST(OffLane, HasTheTimesThatTheCallerGives) {
    const auto both = this->record([](auto& open) {
        open.setEndTime(noon + 5ms);
        open.setStartTime(noon - 7ms);
        open.setStartTime(noon);
        open.event("within", noon + 2ms, attr("number", 1));
    });
    EXPECT_EQ(both.startTimeUnixNano, noonNanos);
    EXPECT_EQ(both.endTimeUnixNano, noonNanos + 5'000'000);
    EXPECT_EQ(both.durationMs, 5);
    EXPECT_EQ(both.events.at(0).timeUnixNano, noonNanos + 2'000'000);
    EXPECT_THAT(both.events.at(0).attributes, ElementsAre(Pair("number", AttributeValue(1))));
}

TYPED_TEST(OffLane, KeepsTheTimeThatTheCallerDoesNotGive) {
    const auto plain = this->record([](auto&) {});
    this->recorder_.sink().clear();
    const auto begunEarlier =
        this->record([&](auto& open) { open.setStartTime(Time() + std::chrono::microseconds(1)); });
    EXPECT_EQ(begunEarlier.startTimeUnixNano, 1000U);
    EXPECT_EQ(begunEarlier.endTimeUnixNano, plain.endTimeUnixNano);
    this->recorder_.sink().clear();
    const auto endedBefore = this->record([](auto& open) { open.setEndTime(Time() - 1s); });
    EXPECT_EQ(endedBefore.startTimeUnixNano, plain.startTimeUnixNano);
    EXPECT_EQ(endedBefore.endTimeUnixNano, plain.startTimeUnixNano);
}

TEST(OffLaneByHandle, HasNamesEventsWithAttributesAndExceptions) {
    MemoryRecorder<sidespan::SpinLock> recorder(granted());
    const auto span = recorder.startSpan(Name::copied("of a route"));
    recorder.recordEvent(span, "retry", attr("attempt", 3), attr("sizes", {1, 2}));
    recorder.recordEvent(span, "elsewhere", noon, attr("attempt", 4));
    recorder.recordException(span, DiskError("full"));
    recorder.endSpan(span);
    recorder.endSpan(recorder.startSpan([] { return "lazy"; }));
    recorder.recordEvent(span, "too late", noon);
    recorder.recordException(span, DiskError("too late"));
    const auto spans = recorded(recorder);
    ASSERT_EQ(spans.size(), 2U);
    const auto events = only(spans, hasName("of a route")).events;
    ASSERT_EQ(events.size(), 3U);
    EXPECT_EQ(events[0].attributes.at("attempt"), AttributeValue(3));
    EXPECT_EQ(events[0].attributes.at("sizes"), AttributeValue(std::vector{1, 2}));
    EXPECT_EQ(events[1].timeUnixNano, noonNanos);
    EXPECT_EQ(events[1].attributes.at("attempt"), AttributeValue(4));
    EXPECT_EQ(events[2].attributes.at("exception.message"), "full");
    EXPECT_EQ(only(spans, hasName("lazy")).name, "lazy");
}

TEST(OffLaneByHandle, EndsASpanWhoseNameThrows) {
    MemoryRecorder<std::mutex> recorder(granted());
    const auto fail = []() -> std::string { throw DiskError("no name"); };
    constexpr std::uint64_t tries = 300;  // more than may be open at once
    for (std::uint64_t i = 0; i < tries; ++i)
        EXPECT_THROW(static_cast<void>(recorder.startSpan(fail)), DiskError);
    const auto spans = recorded(recorder);
    ASSERT_EQ(spans.size(), tries);
    EXPECT_EQ(spans[0].name, "unnamed");
    EXPECT_EQ(recorder.stats().dropped.total(), 0U);
}

TEST(OffLaneNames, AreScrubbed) {
    setVariable(homeVariable, "/home/ann");
    auto config = granted();
    config.scrub = [](std::string_view key, const sidespan::AttributeValueView& value) {
        if (key != "span.name") return sidespan::Scrub::keep;
        const auto name = std::get<std::string_view>(value);
        return name == "secret" ? sidespan::Scrub::remove : sidespan::Scrub::keep;
    };
    MemoryRecorder<std::mutex> recorder(config);
    { auto span = recorder.span(Name::copied("read /home/ann/loop.wav")); }
    { auto span = recorder.span(Name::copied("secret")); }
    const auto spans = recorded(recorder);
    ASSERT_EQ(spans.size(), 2U);
    EXPECT_EQ(spans[0].name, "read ~/loop.wav");
    EXPECT_EQ(spans[1].name, "***");
}

}
