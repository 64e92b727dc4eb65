#include "ingest/batch_parser.h"
#include "ingest/batch_builder.h"
#include "ingest/otlp_batch.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sidespan/encoding/detail/protobuf.h>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "spans.h"

namespace sidespan::collector {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::spanId;
using testing::spanJson;
using testing::traceA;

std::string text(const boost::json::value& json) {
    return boost::json::serialize(json);
}

boost::json::object goodSpan(std::uint64_t id = 1) {
    return spanJson(traceA, id, 0, "audio.encode", 0, 5);
}

BatchError::Kind kindOfFailure(std::string_view body, const Limits& limits = {}) {
    try {
        (void)parseBatch(body, limits);
    } catch (const BatchError& error) {
        return error.kind();
    }
    ADD_FAILURE() << "was taken: " << body.substr(0, 80);
    return BatchError::Kind::malformed;
}

TEST(BatchParser, ReadsAnArrayOfSpans) {
    auto batch = parseBatch(text(boost::json::array{goodSpan(1), goodSpan(2)}), {});
    ASSERT_THAT(batch.rows, SizeIs(2));
    EXPECT_EQ(batch.rows[0].traceId, traceA);
    EXPECT_EQ(batch.rows[1].spanId, spanId(2));
    EXPECT_EQ(batch.rows[1].name, "audio.encode");
    EXPECT_EQ(batch.rows[0].endUnixNano - batch.rows[0].startUnixNano, 5 * testing::ms);
    EXPECT_EQ(batch.rejected, 0U);
}

TEST(BatchParser, ReadsAnEmptyArray) {
    EXPECT_THAT(parseBatch(" [ ] ", {}).rows, IsEmpty());
}

TEST(BatchParser, WrappedFormGivesItsClientToSpansWithoutTheirOwn) {
    auto own = goodSpan(1);
    own["clientType"] = "cli";
    own["clientVersion"] = "9.9";
    boost::json::object body{
        {"spans", boost::json::array{own, goodSpan(2)}}, {"clientVersion", "1.2.0"}, {"clientType", "web"}};
    auto batch = parseBatch(text(body), {});
    ASSERT_THAT(batch.rows, SizeIs(2));
    EXPECT_EQ(batch.rows[0].clientType, "cli");
    EXPECT_EQ(batch.rows[0].clientVersion, "9.9");
    EXPECT_EQ(batch.rows[1].clientType, "web");
    EXPECT_EQ(batch.rows[1].clientVersion, "1.2.0");
}

TEST(BatchParser, LosesNoSpanOfAMemberThatComesTwice) {
    const auto body =
        R"({"spans":[],"spans":[)" + text(goodSpan(1)) + R"(],"spans":[)" + text(goodSpan(2)) + "]}";
    EXPECT_THAT(parseBatch(body, {}).rows, SizeIs(2));
}

TEST(BatchParser, TakesTheResourceOfTheWrapperWhereverItStands) {
    const std::string resource = R"("resource":{"daw.name":"Ardour","build":512,"tags":["a",{"b":null}]})";
    const auto spans = "\"spans\":[" + text(goodSpan(1)) + "," + text(goodSpan(2)) + "]";
    for (const auto& body : {"{" + resource + "," + spans + "}", "{" + spans + "," + resource + "}"}) {
        const auto batch = parseBatch(body, {});
        ASSERT_THAT(batch.rows, SizeIs(2)) << body;
        ASSERT_TRUE(batch.rows[0].resource);
        EXPECT_EQ(*batch.rows[0].resource, R"({"daw.name":"Ardour","build":512,"tags":["a",{"b":null}]})");
        EXPECT_EQ(batch.rows[1].resource, batch.rows[0].resource);
    }
}

TEST(BatchParser, TakesSpansWithoutAResourceThatBreaksALimit) {
    Limits limits;
    limits.valuesPerSpan = 20;
    const auto body = R"({"resource":{"a":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20],"b":1},)"
                      R"("spans":[)" +
                      text(goodSpan()) + "]}";
    const auto batch = parseBatch(body, limits);
    ASSERT_THAT(batch.rows, SizeIs(1));
    EXPECT_EQ(batch.rows[0].resource, nullptr);
    EXPECT_EQ(batch.rejected, 0U);
}

TEST(BatchParser, KeepsAsManyAttributesOfAResourceAsASpanMayHave) {
    Limits limits;
    limits.attributesPerSpan = 2;
    limits.textBytes = 100;
    BatchBuilder builder(limits);
    const auto kept =
        builder.resourceText({{"a", std::string(101, 't')}, {"b", 1}, {"c", nullptr}, {"d", 2}, {"e", 3}});
    EXPECT_EQ(*kept, R"({"b":1,"d":2})");
    EXPECT_EQ(builder.resourceText({}), nullptr);
}

TEST(BatchParser, PassesOverOtherMembersOfTheWrapper) {
    auto body = R"({"extra": {"spans": [1, {"spans": []}], "a": [[]]}, "spans": [)" + text(goodSpan()) +
                R"(], "more": [{"traceId": 1}]})";
    auto batch = parseBatch(body, {});
    EXPECT_THAT(batch.rows, SizeIs(1));
    EXPECT_EQ(batch.rejected, 0U);
}

TEST(BatchParser, RejectsABadSpanAloneAndSaysWhereAndWhy) {
    auto bad = goodSpan(2);
    bad["traceId"] = "abc-123-def";
    auto batch = parseBatch(text(boost::json::array{goodSpan(1), bad, goodSpan(3)}), {});
    EXPECT_THAT(batch.rows, SizeIs(2));
    ASSERT_THAT(batch.rejections, SizeIs(1));
    EXPECT_EQ(batch.rejections[0].index, 1U);
    EXPECT_THAT(batch.rejections[0].reason, HasSubstr("traceId"));
}

TEST(BatchParser, RejectsElementsThatAreNotObjects) {
    auto batch = parseBatch(R"([1, "two", null, true, 2.5, [3], 18446744073709551615])", {});
    EXPECT_THAT(batch.rows, IsEmpty());
    EXPECT_EQ(batch.rejected, 7U);
    for (std::size_t i = 0; i < batch.rejections.size(); ++i) EXPECT_EQ(batch.rejections[i].index, i);
}

TEST(BatchParser, KeepsAttributesAsTheyWereSent) {
    auto span = goodSpan();
    span["attributes"] =
        boost::json::object{{"codec", "flac"}, {"bytes", 720000}, {"gain", 0.1}, {"hot", true}};
    auto batch = parseBatch(text(boost::json::array{span}), {});
    ASSERT_THAT(batch.rows, SizeIs(1));
    EXPECT_EQ(batch.rows[0].attributes, R"({"codec":"flac","bytes":720000,"gain":1E-1,"hot":true})");
    EXPECT_EQ(makeSpan(batch.rows[0]), Span::fromJson(span));
}

TEST(BatchParser, KeepsEveryDoubleExactly) {
    constexpr double rounded = 2.2250738585072011e-308 * 1.0000000000000002;
    for (double value : {0.1, 1.0 / 3.0, 5e-324, 1.7976931348623157e308, rounded, 9007199254740993.5}) {
        auto span = goodSpan();
        span["attributes"] = boost::json::object{{"value", value}};
        auto batch = parseBatch(text(boost::json::array{span}), {});
        ASSERT_THAT(batch.rows, SizeIs(1));
        EXPECT_EQ(*makeSpan(batch.rows[0]).attributes.at("value").asDouble(), value);
    }
}

TEST(BatchParser, RestoresEventsAndLinks) {
    auto span = goodSpan();
    span["events"] = boost::json::array{
        boost::json::object{{"timestamp", 1'766'012'345'001}, {"name", "started"}},
        boost::json::object{{"timestamp", 1'766'012'345'002}, {"name", "done"}, {"attributes", {{"n", 1}}}}};
    span["links"] =
        boost::json::array{boost::json::object{{"traceId", testing::traceB}, {"spanId", spanId(7)}}};
    auto batch = parseBatch(text(boost::json::array{span}), {});
    ASSERT_THAT(batch.rows, SizeIs(1));
    EXPECT_EQ(makeSpan(batch.rows[0]), Span::fromJson(span));
}

TEST(BatchParser, RefusesWhatIsNotJson) {
    for (auto body : {"", "not json", "[", "[{}", "{\"spans\": [}", "[] []", "[1,]", "\xff\xfe[]",
                      "\xef\xbb\xbf[]", "[NaN]", "[01]"}) {
        EXPECT_EQ(kindOfFailure(body), BatchError::Kind::malformed) << body;
    }
}

// Each span stands alone: a text that was cut within a character costs nothing but that character.
TEST(BatchParser, RepairsTextThatIsNotUtf8) {
    const auto one = text(goodSpan(1));
    const auto named = [](std::string name) {
        auto span = text(goodSpan(2));
        const std::string_view own = R"("name":")";
        const auto begin = span.find(own) + own.size();
        return span.replace(begin, span.find('"', begin) - begin, name);
    };
    const auto nameOf = [&](const std::string& name) {
        const auto batch = parseBatch("[" + one + "," + named(name) + "," + text(goodSpan(3)) + "]", {});
        EXPECT_EQ(batch.rejected, 0U) << name;
        return batch.rows.size() == 3 ? batch.rows[1].name : "lost";
    };
    constexpr const char* u = "\xef\xbf\xbd";
    EXPECT_EQ(nameOf("a\\ud83d"), std::string("a") + u);
    EXPECT_EQ(nameOf("\\udc00z"), std::string(u) + "z");
    EXPECT_EQ(nameOf("\\ud83d\\ud83d\\ude00"), std::string(u) + "\xf0\x9f\x98\x80");
    EXPECT_EQ(nameOf("\\\\ud800"), "\\ud800");
    EXPECT_EQ(nameOf("a\xff"), std::string("a") + u);
    EXPECT_EQ(nameOf("\xc3("), std::string(u) + "(");
    EXPECT_EQ(nameOf("\xed\xa0\x80"), std::string(u) + u + u);
    EXPECT_EQ(nameOf("caf\xc3\xa9 \\u00e9"), "caf\xc3\xa9 \xc3\xa9");
}

TEST(BatchParser, RepairsNoMoreThanABodyMayHold) {
    Limits limits;
    limits.inflatedBytes = 1'000;
    EXPECT_EQ(kindOfFailure("[\"" + std::string(500, '\xff') + "\"]", limits), BatchError::Kind::tooLarge);
}

// 232 bytes of gzip were 65,536 spans, each rejected with an exception and a text.
TEST(BatchParser, BoundsTheRejectionsOfARequest) {
    const auto empty = [](std::size_t count) {
        std::string body = "[{}";
        for (std::size_t i = 1; i < count; ++i) body += ",{}";
        return body + "]";
    };
    EXPECT_EQ(parseBatch(empty(Limits{}.rejectionsPerRequest), {}).rejected, Limits{}.rejectionsPerRequest);
    EXPECT_EQ(kindOfFailure(empty(Limits{}.rejectionsPerRequest + 1)), BatchError::Kind::tooLarge);
}

TEST(BatchParser, TakesWholeNumbersOfAnyLength) {
    for (const char* number : {"9223372036854775807", "9223372036854775808", "18446744073709551615",
                               "18446744073709551616", "-9223372036854775809"}) {
        auto span = text(goodSpan());
        span.insert(1, fmt::format(R"("attributes":{{"n":{}}},)", number));
        const auto batch = parseBatch("[" + span + "]", {});
        EXPECT_THAT(batch.rows, SizeIs(1)) << number;
    }
}

TEST(BatchParser, ASpansServiceIsItsOwnOrTheWrappers) {
    auto own = goodSpan(1);
    own["serviceName"] = "LoopShare";
    const auto batch = parseBatch(
        text(boost::json::object{{"serviceName", "Other"}, {"spans", boost::json::array{own, goodSpan(2)}}}),
        {});
    ASSERT_THAT(batch.rows, SizeIs(2));
    EXPECT_EQ(batch.rows[0].serviceName, "LoopShare");
    EXPECT_EQ(batch.rows[1].serviceName, "Other");
}

TEST(BatchParser, RefusesJsonThatIsNotSpans) {
    for (auto body :
         {"42", "null", "\"spans\"", "{}", "{\"spans\": 1}", "{\"spans\": {}}", "{\"span\": []}"}) {
        EXPECT_EQ(kindOfFailure(body), BatchError::Kind::malformed) << body;
    }
}

TEST(BatchParser, RefusesDeepNesting) {
    EXPECT_EQ(kindOfFailure(std::string(100'000, '[')), BatchError::Kind::malformed);
    std::string objects;
    for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
    EXPECT_EQ(kindOfFailure("[" + objects), BatchError::Kind::malformed);
}

TEST(BatchParser, RefusesMoreSpansThanTheLimit) {
    Limits limits;
    limits.spansPerRequest = 3;
    EXPECT_THAT(parseBatch("[1,2,3]", limits).rejections, SizeIs(3));
    EXPECT_EQ(kindOfFailure("[1,2,3,4]", limits), BatchError::Kind::tooLarge);
}

TEST(BatchParser, RejectsASpanWithAMillionAttributesAndTakesTheNext) {
    std::string attributes;
    for (int i = 0; i < 1'000'000; ++i) attributes += fmt::format("{}\"a{}\":1", i == 0 ? "" : ",", i);
    auto huge = text(goodSpan(1));
    huge.back() = ',';
    auto body = "[" + huge + "\"attributes\":{" + attributes + "}}," + text(goodSpan(2)) + "]";
    auto batch = parseBatch(body, {});
    ASSERT_THAT(batch.rows, SizeIs(1));
    EXPECT_EQ(batch.rows[0].spanId, spanId(2));
    ASSERT_THAT(batch.rejections, SizeIs(1));
    EXPECT_THAT(batch.rejections[0].reason, HasSubstr("16384 JSON values"));
}

TEST(BatchParser, RejectsMoreAttributesThanTheLimit) {
    Limits limits;
    limits.attributesPerSpan = 2;
    auto span = goodSpan();
    span["attributes"] = boost::json::object{{"a", 1}, {"b", 2}, {"c", 3}};
    auto batch = parseBatch(text(boost::json::array{span}), limits);
    ASSERT_THAT(batch.rejections, SizeIs(1));
    EXPECT_EQ(batch.rejections[0].reason, "3 attributes; at most 2 are accepted");
}

// The memory for a span must not depend on how many large ones came before it.
TEST(BatchParser, TakesManyLargeSpans) {
    boost::json::array spans;
    for (std::uint64_t id = 1; id <= 80; ++id) {
        auto span = goodSpan(id);
        span["attributes"] = {{"text", std::string(50'000, 'x')}};
        spans.push_back(std::move(span));
    }
    EXPECT_THAT(parseBatch(text(spans), {}).rows, SizeIs(80));
}

TEST(BatchParser, RejectsALongStringWithoutHoldingIt) {
    auto span = goodSpan();
    span["attributes"] = boost::json::object{{"blob", std::string(70'000, 'x')}};
    auto batch = parseBatch(text(boost::json::array{span, goodSpan(2)}), {});
    EXPECT_THAT(batch.rows, SizeIs(1));
    ASSERT_THAT(batch.rejections, SizeIs(1));
    EXPECT_THAT(batch.rejections[0].reason, HasSubstr("65536 bytes"));
}

TEST(BatchParser, RejectsALongStringOfEscapes) {
    std::string escapes;
    for (int i = 0; i < 70'000; ++i) escapes += "\\n";
    auto body = text(goodSpan());
    body.back() = ',';
    auto batch =
        parseBatch("[" + body + "\"statusMessage\":\"" + escapes + "\"}," + text(goodSpan(2)) + "]", {});
    EXPECT_THAT(batch.rows, SizeIs(1));
    EXPECT_EQ(batch.rejected, 1U);
}

TEST(BatchParser, ReadsKeysAndStringsWithEscapes) {
    auto body = R"({"sp\u0061ns": [{"tr\u0061ceId": "0af76519-16cd-43dd-8448-eb211c80319c",
        "spanId": "0000000000000001", "name": "caf\u00e9\n", "startTimeMs": 1, "endTimeMs": 2}], "client\u0054ype": "web"})";
    auto batch = parseBatch(body, {});
    ASSERT_THAT(batch.rows, SizeIs(1));
    EXPECT_EQ(batch.rows[0].name, "caf\xc3\xa9\n");
}

TEST(BatchParser, RejectsNumbersThatAreNotTimes) {
    for (auto time : {"1e400", "-1", "1e300", "99999999999999999999999", "1.5", "\"x\""}) {
        auto body =
            fmt::format(R"([{{"traceId":"{}","spanId":"{}","name":"n","startTimeMs":{},"endTimeMs":5}}])",
                        traceA, spanId(1), time);
        EXPECT_EQ(parseBatch(body, {}).rejected, 1U) << time;
    }
}

// SQLite would keep an infinity as text that is not JSON.
TEST(BatchParser, RejectsNumbersTooLargeForADoubleWhereverTheyAre) {
    for (auto member : {R"("events":[{"timestamp":1,"name":"e","x":1e999}])", R"("links":[{"x":-1e400}])",
                        R"("attributes":{"x":1e999})", R"("whatever":[1e999])"}) {
        auto good = text(goodSpan());
        auto bad = good;
        bad.insert(1, std::string(member) + ",");
        auto batch = parseBatch("[" + bad + "," + good + "]", {});
        EXPECT_EQ(batch.rejected, 1U) << member;
        EXPECT_THAT(batch.rows, SizeIs(1)) << member;
    }
}

TEST(BatchParser, BoundsTheReasonsItLists) {
    Limits limits;
    limits.reportedRejections = 3;
    auto batch = parseBatch("[1,2,3,4,5]", limits);
    EXPECT_EQ(batch.rejected, 5U);
    EXPECT_THAT(batch.rejections, SizeIs(3));
}

TEST(BatchParser, WritesTraceIdsAsUuids) {
    auto span = goodSpan();
    span["traceId"] = "0AF7651916CD43DD8448EB211C80319C";
    auto batch = parseBatch(text(boost::json::array{span}), {});
    ASSERT_THAT(batch.rows, SizeIs(1));
    EXPECT_EQ(batch.rows[0].traceId, traceA);
}

// ---- OTLP

constexpr std::size_t manyValues = 20;  // those of the spans below are more

Limits withFewValues() {
    Limits limits;
    limits.valuesPerSpan = manyValues;
    return limits;
}

TEST(OtlpBatch, RejectsASpanOfTooManyValuesInJson) {
    const auto span = [](std::uint64_t id, std::size_t values) {
        boost::json::array items(values, {{"intValue", "1"}});
        return boost::json::object{
            {"traceId", "0123456789abcdef0123456789abcdef"},
            {"spanId", spanId(id)},
            {"name", "a"},
            {"attributes", {{{"key", "list"}, {"value", {{"arrayValue", {{"values", items}}}}}}}}};
    };
    const boost::json::value body{
        {"resourceSpans", {{{"scopeSpans", {{{"spans", {span(1, 3), span(2, manyValues)}}}}}}}}};
    const auto batch = parseOtlp(text(body), OtlpForm::json, withFewValues());
    ASSERT_THAT(batch.rows, SizeIs(1));
    EXPECT_EQ(batch.rows[0].spanId, spanId(1));
    ASSERT_THAT(batch.rejections, SizeIs(1));
    EXPECT_EQ(batch.rejections[0].reason, "more than 20 JSON values in one span");
}

TEST(OtlpBatch, RejectsASpanOfTooManyValuesInProtobuf) {
    using detail::protobuf::appendBytesField;
    const auto span = [](char id, std::size_t events) {
        std::string bytes;
        appendBytesField(bytes, 1, std::string(16, id));
        appendBytesField(bytes, 2, std::string(8, id));
        appendBytesField(bytes, 5, "a");
        std::string event;
        appendBytesField(event, 2, "event");
        for (std::size_t i = 0; i < events; ++i) appendBytesField(bytes, 11, event);
        return bytes;
    };
    std::string scope;
    appendBytesField(scope, 2, span('1', 3));
    appendBytesField(scope, 2, span('2', manyValues / 2));
    std::string resource;
    appendBytesField(resource, 2, scope);
    std::string body;
    appendBytesField(body, 1, resource);
    const auto batch = parseOtlp(body, OtlpForm::protobuf, withFewValues());
    EXPECT_THAT(batch.rows, SizeIs(1));
    ASSERT_THAT(batch.rejections, SizeIs(1));
    EXPECT_EQ(batch.rejections[0].reason, "more than 20 JSON values in one span");
}

TEST(OtlpBatch, KeepsNoResourceOfTooManyValuesAndNoTextThatIsTooLongInAList) {
    const auto resourceOf = [](const Limits& limits) {
        const boost::json::array items(manyValues, {{"stringValue", "0123456789"}});
        const boost::json::value body{
            {"resourceSpans",
             {{{"resource",
                {{"attributes",
                  {{{"key", "host"}, {"value", {{"stringValue", "h"}}}},
                   {{"key", "list"}, {"value", {{"arrayValue", {{"values", items}}}}}}}}}},
               {"scopeSpans",
                {{{"spans",
                   {{{"traceId", "0123456789abcdef0123456789abcdef"},
                     {"spanId", spanId(1)},
                     {"name", "a"}}}}}}}}}}};
        return parseOtlp(text(body), OtlpForm::json, limits).rows.at(0).resource;
    };
    EXPECT_EQ(resourceOf(withFewValues()), nullptr);
    Limits limits;
    limits.textBytes = 9;
    ASSERT_NE(resourceOf(limits), nullptr);
    EXPECT_EQ(*resourceOf(limits), R"({"host":"h"})");
    ASSERT_NE(resourceOf({}), nullptr);
    EXPECT_THAT(*resourceOf({}), HasSubstr("0123456789"));
}

}
}
