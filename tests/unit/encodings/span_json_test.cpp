#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sidespan/json/parse_json.h>
#include <sidespan/native_json/native_limits.h>
#include <sidespan/span.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace {

namespace bj = boost::json;
using namespace std::string_literals;
using sidespan::Span;
using testing::AllOf;
using testing::HasSubstr;

bj::value text(std::string_view characters) {
    return bj::string(characters);
}

Span fullSpan() {
    Span span;
    span.traceId = "0f8fad5b-d9cb-469f-a165-70867728950e";
    span.spanId = "00f067aa0ba902b7";
    span.parentSpanId = "b7ad6b7169203331";
    span.name = "audio.encode";
    span.startTimeUnixNano = 1'766'012'345'678'901'234;
    span.endTimeUnixNano = 1'766'012'348'000'000'001;
    span.startTimeMs = 1'766'012'345'678;
    span.endTimeMs = 1'766'012'348'000;
    span.durationMs = 2321;
    span.status = "error";
    span.statusMessage = "disk \"full\"\n\t\x01 \xE2\x82\xAC";
    span.kind = "client";
    span.attributes = {{"codec", "flac"},  {"channels", 2},    {"gain", -0.0},
                       {"rate", 48'000.0}, {"lossless", true}, {"caf\xC3\xA9 \"key\"", ""}};
    span.attributes["tags"] = std::vector{"loop", "dr\"um"};
    span.attributes["sizes"] = std::vector{1, -2};
    span.attributes["peaks"] = std::vector{0.5, 3.0};
    span.attributes["mutes"] = std::vector{true, false};
    span.attributes["none"] = std::vector<int>();
    span.events = {{1'766'012'346'000'000'007, "started", {}},
                   {1'766'012'347'000'000'000, "chunk", {{"size", 4096}, {"ratio", 0.61}}}};
    span.links = {{"0f8fad5b-d9cb-469f-a165-70867728950f", "00f067aa0ba902b8", 0x303, {{"position", 3}}}};
    span.droppedAttributes = 3;
    span.droppedEvents = std::numeric_limits<std::uint32_t>::max();
    span.droppedLinks = 4;
    span.clientType = "cli";
    span.clientVersion = "1.2.0";
    span.serviceName = "LoopShare";
    span.traceState = "ot=th:8,rojo=\"1\"";
    return span;
}

Span throughText(const Span& span) {
    return Span::fromJson(sidespan::parseJson(bj::serialize(span.toJson())));
}

// What older code writes: milliseconds alone, no additions.
bj::object olderObject() {
    return {{"traceId", "0f8fad5b-d9cb-469f-a165-70867728950e"},
            {"spanId", "00f067aa0ba902b7"},
            {"name", "audio.read"},
            {"startTimeMs", 1'766'012'345'678},
            {"endTimeMs", 1'766'012'345'798}};
}

std::string refusalOf(const bj::value& json) {
    try {
        (void)Span::fromJson(json);
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "taken";
}

std::string refusalWith(std::string_view name, bj::value value) {
    bj::object object = olderObject();
    object[name] = std::move(value);
    return refusalOf(object);
}

TEST(SpanJson, GivesBackAnEqualSpan) {
    EXPECT_EQ(Span::fromJson(fullSpan().toJson()), fullSpan());
    EXPECT_EQ(throughText(fullSpan()), fullSpan());
    EXPECT_TRUE(std::signbit(*throughText(fullSpan()).attributes.at("gain").asDouble()));
}

TEST(SpanJson, HasTheMembersTheServerKnows) {
    const bj::value json = fullSpan().toJson();
    const bj::object& object = json.as_object();
    EXPECT_EQ(object.at("traceId"), "0f8fad5b-d9cb-469f-a165-70867728950e");
    EXPECT_EQ(object.at("spanId"), "00f067aa0ba902b7");
    EXPECT_EQ(object.at("parentSpanId"), "b7ad6b7169203331");
    EXPECT_EQ(object.at("name"), "audio.encode");
    EXPECT_EQ(object.at("startTimeMs"), 1'766'012'345'678);
    EXPECT_EQ(object.at("endTimeMs"), 1'766'012'348'000);
    EXPECT_EQ(object.at("durationMs"), 2321);
    EXPECT_EQ(object.at("startTimeUnixNano"), "1766012345678901234");
    EXPECT_EQ(object.at("endTimeUnixNano"), "1766012348000000001");
    EXPECT_EQ(object.at("status"), "error");
    EXPECT_EQ(object.at("kind"), "client");
    EXPECT_EQ(object.at("attributes").at("codec"), "flac");
    EXPECT_EQ(object.at("events").at(1).at("timestamp"), 1'766'012'347'000);
    EXPECT_EQ(object.at("events").at(1).at("timeUnixNano"), "1766012347000000000");
    EXPECT_EQ(object.at("events").at(1).at("attributes").at("size"), 4096);
    EXPECT_EQ(object.at("links").at(0).at("spanId"), "00f067aa0ba902b8");
    EXPECT_EQ(object.at("droppedAttributes"), 3);
    EXPECT_EQ(object.at("droppedLinks"), 4);
    EXPECT_EQ(object.at("clientType"), "cli");
    EXPECT_EQ(object.at("clientVersion"), "1.2.0");
    EXPECT_EQ(object.at("serviceName"), "LoopShare");
    EXPECT_EQ(object.at("traceState"), "ot=th:8,rojo=\"1\"");
}

TEST(SpanJson, MakesTextsOfElementsThatDiffer) {
    bj::object object = olderObject();
    object["attributes"] = bj::object{
        {"mixed", {1, "two", true}}, {"numbers", {1, 2.5}}, {"names", {0.5, "NaN"}}, {"empty", bj::array()}};
    const auto attributes = Span::fromJson(object).attributes;
    EXPECT_EQ(attributes.at("mixed"), sidespan::AttributeValue(std::vector{"1", "two", "true"}));
    EXPECT_EQ(attributes.at("numbers"), sidespan::AttributeValue(std::vector{1.0, 2.5}));
    EXPECT_EQ(attributes.at("names"), sidespan::AttributeValue(std::vector{"0.5", "NaN"}));
    EXPECT_EQ(attributes.at("empty"), sidespan::AttributeValue(std::vector<std::string>()));
}

TEST(SpanJson, LeavesOutAdditionsThatSayNothing) {
    const bj::value json = Span{}.toJson();
    for (const char* name :
         {"links", "droppedAttributes", "droppedEvents", "droppedLinks", "serviceName", "traceState"}) {
        EXPECT_FALSE(json.as_object().contains(name)) << name;
    }
    for (const char* name : {"parentSpanId", "statusMessage", "attributes", "events", "clientVersion"}) {
        EXPECT_TRUE(json.as_object().contains(name)) << name;
    }
}

TEST(SpanJson, KeepsTheTypeAndValueOfEveryAttribute) {
    std::mt19937_64 random(7);
    Span span = fullSpan();
    for (int round = 0; round < 200; ++round) {
        span.attributes.clear();
        for (int i = 0; i < 50; ++i) {
            const auto real = std::bit_cast<double>(random());
            span.attributes["real" + std::to_string(i)] = std::isfinite(real) ? real : 1e308;
            span.attributes["whole" + std::to_string(i)] =
                std::floor(static_cast<double>(random()) * 0x1p-40);
            span.attributes["int" + std::to_string(i)] = static_cast<std::int64_t>(random());
        }
        span.attributes["min"] = std::numeric_limits<std::int64_t>::min();
        span.attributes["max"] = std::numeric_limits<std::int64_t>::max();
        span.attributes["three"] = 3.0;
        span.attributes["tiny"] = std::numeric_limits<double>::denorm_min();
        span.attributes["huge"] = -std::numeric_limits<double>::max();
        span.attributes["digits"] = "128";
        ASSERT_EQ(throughText(span), span);
    }
}

TEST(SpanJson, WritesNumbersThatJsonLacksByName) {
    Span span = fullSpan();
    span.attributes = {{"nan", std::nan("")},
                       {"up", std::numeric_limits<double>::infinity()},
                       {"down", -std::numeric_limits<double>::infinity()}};
    const sidespan::Attributes expected{{"nan", "NaN"}, {"up", "Infinity"}, {"down", "-Infinity"}};
    EXPECT_EQ(throughText(span).attributes, expected);
}

TEST(SpanJson, RepairsTextThatIsNotUtf8) {
    Span span = fullSpan();
    span.attributes = {{"k\xFF", "a\xC3(b"}};
    const sidespan::Attributes expected{{"k\xEF\xBF\xBD", "a\xEF\xBF\xBD(b"}};
    EXPECT_EQ(throughText(span).attributes, expected);
}

TEST(SpanJson, CarriesAnyText) {
    Span span = fullSpan();
    std::string everyByte;
    for (char c = 0; c < 127; ++c) everyByte += c;
    span.attributes["bytes"] = everyByte;
    span.statusMessage = "a\0b"s;
    EXPECT_EQ(throughText(span), span);
}

TEST(SpanFromJson, TakesMillisecondsAlone) {
    const Span span = Span::fromJson(olderObject());
    EXPECT_EQ(span.startTimeUnixNano, 1'766'012'345'678'000'000U);
    EXPECT_EQ(span.endTimeUnixNano, 1'766'012'345'798'000'000U);
    EXPECT_EQ(span.durationMs, 120);
    EXPECT_EQ(span.status, "ok");
    EXPECT_EQ(span.clientType, "plugin");
    EXPECT_EQ(span.parentSpanId, "");
}

TEST(SpanFromJson, TakesTheTimesOfJavaScript) {
    bj::object object = olderObject();
    object["startTimeMs"] = 1766012345678.0;
    object["endTimeMs"] = std::uint64_t{1'766'012'345'798};
    EXPECT_EQ(Span::fromJson(object).startTimeMs, 1'766'012'345'678);
}

TEST(SpanFromJson, TakesNanosecondsAloneAsTextOrNumber) {
    bj::object object = olderObject();
    object.erase("startTimeMs");
    object.erase("endTimeMs");
    object["startTimeUnixNano"] = "1766012345678901234";
    object["endTimeUnixNano"] = 1'766'012'345'700'000'000;
    const Span span = Span::fromJson(object);
    EXPECT_EQ(span.startTimeMs, 1'766'012'345'678);
    EXPECT_EQ(span.durationMs, 21);
}

TEST(SpanFromJson, KeepsADurationMeasuredByASteadierClock) {
    bj::object object = olderObject();
    object["durationMs"] = 119;
    EXPECT_EQ(Span::fromJson(object).durationMs, 119);
}

TEST(SpanFromJson, PassesOverUnknownAndNullMembers) {
    bj::object object = olderObject();
    object["colour"] = bj::array{1, 2, 3};
    object["attributes"] = nullptr;
    object["parentSpanId"] = nullptr;
    object["status"] = nullptr;
    EXPECT_EQ(refusalOf(object), "taken");
}

TEST(SpanFromJson, BringsIdsIntoTheirForm) {
    bj::object object = olderObject();
    object["traceId"] = "0F8FAD5BD9CB469FA16570867728950E";
    object["spanId"] = "00F067AA0BA902B7";
    EXPECT_EQ(Span::fromJson(object).traceId, "0f8fad5b-d9cb-469f-a165-70867728950e");
    EXPECT_EQ(Span::fromJson(object).spanId, "00f067aa0ba902b7");
}

TEST(SpanFromJson, NamesTheMemberWhatItHeldAndWhatIsRight) {
    EXPECT_EQ(refusalWith("traceId", "abc-123-def"),
              "traceId held \"abc-123-def\"; it must be a trace id: a UUID or 32 hex digits, not all zero");
    EXPECT_EQ(refusalWith("status", "fine"),
              "status held \"fine\"; it must be \"ok\", \"error\" or \"cancelled\"");
    EXPECT_EQ(
        refusalWith("attributes", bj::object{{"tags", bj::array{"a", bj::array{"b"}}}}),
        "attributes.tags[1] held an array; it must be text, a number, true, false or an array of these");
    EXPECT_EQ(refusalWith("events", bj::array{bj::object{{"timestamp", 1}, {"name", "x"}}, 7}),
              "events[1] held 7; it must be an object");
    EXPECT_EQ(refusalWith("endTimeMs", "soon"),
              "endTimeMs held \"soon\"; it must be Unix milliseconds from 0 to 9223372036854");
    EXPECT_EQ(refusalOf("text"), "the span held \"text\"; it must be an object");
    EXPECT_EQ(refusalOf(bj::object{}),
              "traceId held nothing; it must be a trace id: a UUID or 32 hex digits, not all zero");
}

TEST(SpanFromJson, KeepsMessagesShortAndPrintable) {
    const std::string message =
        refusalWith("status", text(std::string(62, 'a') + "\n\xE2\x82\xAC" + std::string(9999, 'b')));
    EXPECT_LT(message.size(), 200U);
    EXPECT_EQ(message.find('\n'), std::string::npos);
    const std::string keyed = refusalWith("attributes", bj::object{{std::string(9999, 'k'), nullptr}});
    EXPECT_LT(keyed.size(), 300U);
}

TEST(SpanFromJson, RefusesWrongIds) {
    EXPECT_THAT(refusalWith("traceId", "00000000-0000-0000-0000-000000000000"), HasSubstr("traceId"));
    EXPECT_THAT(refusalWith("traceId", 5), HasSubstr("traceId"));
    EXPECT_THAT(refusalWith("spanId", "0000000000000000"), HasSubstr("spanId"));
    EXPECT_THAT(refusalWith("spanId", "00f067aa0ba902b"), HasSubstr("spanId"));
    EXPECT_THAT(refusalWith("parentSpanId", "nobody"), HasSubstr("parentSpanId"));
    EXPECT_THAT(refusalWith("parentSpanId", "00F067AA0BA902B7"), HasSubstr("another span"));
}

TEST(SpanFromJson, RefusesNamesThatFitNoColumn) {
    EXPECT_EQ(refusalWith("name", text(std::string(255, 'n'))), "taken");
    std::string wide;
    for (int i = 0; i < 255; ++i) wide += "\xE2\x82\xAC";
    EXPECT_EQ(refusalWith("name", text(wide)), "taken");
    for (const bj::value& name :
         {text(std::string(256, 'n')), bj::value(""), bj::value(nullptr), bj::value(1)}) {
        EXPECT_THAT(refusalWith("name", name), HasSubstr("1 to 255 characters"));
    }
    EXPECT_THAT(refusalWith("clientVersion", text(std::string(33, '1'))), HasSubstr("at most 32"));
    EXPECT_THAT(refusalWith("serviceName", text(std::string(256, 'n'))), HasSubstr("at most 255"));
    EXPECT_THAT(refusalWith("clientType", "fridge"), HasSubstr("\"plugin\", \"web\", \"cli\" or \"server\""));
    EXPECT_THAT(refusalWith("kind", "odd"), HasSubstr("kind"));
}

// Those that fit a signed 64-bit integer are kept as they are, all others as the nearest double.
TEST(SpanFromJson, WholeNumbersOfAnyLengthAreAttributeValues) {
    const auto read = [](const std::string& number) {
        auto json = fullSpan().toJson();
        json.as_object()["attributes"] = sidespan::parseJson(R"({"a":)" + number + "}");
        return Span::fromJson(json).attributes.at("a");
    };
    EXPECT_EQ(read("9223372036854775807"),
              sidespan::AttributeValue(std::numeric_limits<std::int64_t>::max()));
    EXPECT_EQ(read("-9223372036854775808"),
              sidespan::AttributeValue(std::numeric_limits<std::int64_t>::min()));
    EXPECT_EQ(read("9223372036854775808"), sidespan::AttributeValue(9223372036854775808.0));
    EXPECT_EQ(read("18446744073709551615"), sidespan::AttributeValue(18446744073709551615.0));
    EXPECT_EQ(read("18446744073709551616"), sidespan::AttributeValue(18446744073709551616.0));
    EXPECT_EQ(read("-9223372036854775809"), sidespan::AttributeValue(-9223372036854775809.0));
}

TEST(SpanFromJson, RefusesTimesThatAreNone) {
    for (const bj::value& time :
         {bj::value(-1), bj::value(0.5), bj::value(1e300), bj::value(std::nan("")), bj::value(true),
          bj::value(std::numeric_limits<std::uint64_t>::max()), bj::value(bj::object{})}) {
        EXPECT_THAT(refusalWith("endTimeMs", time), HasSubstr("endTimeMs held"));
    }
    for (const char* time :
         {"", "-1", "+1", " 1", "1.0", "1e3", "9223372036854775808", "99999999999999999999"}) {
        EXPECT_THAT(refusalWith("endTimeUnixNano", time), HasSubstr("endTimeUnixNano held")) << time;
    }
    EXPECT_THAT(refusalWith("endTimeMs", 1), HasSubstr("no earlier than the start"));
    auto json = fullSpan().toJson();
    for (const char* member : {"startTimeMs", "endTimeMs", "durationMs"}) json.as_object().erase(member);
    json.as_object()["endTimeUnixNano"] = "5";
    EXPECT_THAT(refusalOf(json),
                HasSubstr("endTimeUnixNano held \"5\"; it must be no earlier than the start"));
    EXPECT_THAT(refusalWith("startTimeUnixNano", "1766012345679000000"),
                AllOf(HasSubstr("startTimeMs held 1766012345678"), HasSubstr("1766012345679")));
    EXPECT_THAT(refusalWith("durationMs", -5), HasSubstr("durationMs"));
}

TEST(SpanFromJson, RefusesAttributeValuesThatAreNone) {
    const auto refusal = [](bj::value value) {
        return refusalWith("attributes", bj::object{{"a", std::move(value)}});
    };
    EXPECT_THAT(refusal(nullptr), HasSubstr("attributes.a held null"));
    EXPECT_THAT(refusal(bj::object{}), HasSubstr("attributes.a held an object"));
    EXPECT_THAT(refusal(std::numeric_limits<double>::infinity()), HasSubstr("fits a double"));
    EXPECT_THAT(refusal(text(std::string(sidespan::NativeLimits::maxTextBytes + 1, 'x'))),
                HasSubstr("at most 65536 bytes"));
    EXPECT_THAT(refusalWith("attributes", bj::object{{"", 1}}), HasSubstr("a key of 1 to 255"));
    EXPECT_THAT(refusalWith("attributes", bj::array{}), HasSubstr("an object"));
}

TEST(SpanFromJson, RefusesMoreThanItsBounds) {
    bj::object attributes;
    for (std::size_t i = 0; i <= sidespan::NativeLimits::maxAttributes; ++i)
        attributes[std::to_string(i)] = 1;
    EXPECT_THAT(refusalWith("attributes", attributes), HasSubstr("at most 1024 members"));
    const bj::array events(sidespan::NativeLimits::maxEvents + 1,
                           bj::object{{"timestamp", 1}, {"name", "x"}});
    EXPECT_THAT(refusalWith("events", events), HasSubstr("at most 1024 elements"));
    const bj::array links(sidespan::NativeLimits::maxLinks + 1);
    EXPECT_THAT(refusalWith("links", links), HasSubstr("at most 1024 elements"));
    EXPECT_THAT(refusalWith("links", bj::array{bj::object{{"traceId", "x"}}}), HasSubstr("links[0].traceId"));
    EXPECT_THAT(refusalWith("droppedEvents", 4'294'967'296), HasSubstr("from 0 to 4294967295"));
    EXPECT_THAT(refusalWith("statusMessage", 1), HasSubstr("statusMessage held 1"));
}

}
