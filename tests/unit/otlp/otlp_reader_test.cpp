#include <sidespan/otlp_reader/otlp_reader.h>

#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sidespan/json/parse_json.h>
#include <sidespan/native_json/native_json.h>
#include <sidespan/otlp/otlp_json.h>
#include <sidespan/otlp/otlp_protobuf.h>
#include <sidespan/span.h>
#include <boost/json/serialize.hpp>

#include "otlp_document.h"
#include "random_records.h"
#include "record_builder.h"
#include "support/sanitizers.h"

namespace {

namespace bj = boost::json;
using sidespan::Span;
using ::testing::HasSubstr;

const sidespan::Resource plugin{{"LoopShare", "1.2.0"}, sidespan::ClientType::plugin};

std::vector<bj::object> readAll(std::string_view body, bool isJson) {
    std::vector<bj::object> spans;
    const auto take = [&](bj::object span) { spans.push_back(std::move(span)); };
    isJson ? sidespan::readOtlpJson(body, take) : sidespan::readOtlpProtobuf(body, take);
    return spans;
}

bj::object readOne(const OtlpRequest& request) {
    auto spans = readAll(request.SerializeAsString(), false);
    EXPECT_EQ(spans.size(), 1U);
    return spans.at(0);
}

sidespan_test::Span& addSpan(OtlpRequest& request) {
    auto& span = *request.add_resource_spans()->add_scope_spans()->add_spans();
    span.set_trace_id(std::string(16, '\x1a'));
    span.set_span_id(std::string(8, '\x2b'));
    span.set_name("GET /loops");
    return span;
}

std::string errorOf(std::string_view body, bool isJson) {
    try {
        readAll(body, isJson);
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "was taken";
}

// What the native format says of the same record; a message is kept with an error alone.
Span nativeSpan(sidespan::SpanView view) {
    sidespan::NativeJson encoding;
    sidespan::TextBuffer out;
    encoding.appendObject(out, view, plugin);
    auto span = Span::fromJson(sidespan::parseJson(out.view()));
    if (span.status == "ok") span.statusMessage.clear();
    return span;
}

TEST(OtlpReader, ReadsBackWhatWasWrittenInBothForms) {
    RandomRecords records(11);
    sidespan::OtlpProtobuf protobuf;
    sidespan::OtlpJson json;
    int read = 0;
    for (int i = 0; i < sidespan::test::repeats(5'000); ++i) {
        const std::vector<std::vector<std::byte>> record{records.next()};
        const auto fromProtobuf = readAll(bodyOf(protobuf, record, plugin), false);
        const auto fromJson = readAll(bodyOf(json, record, plugin), true);
        ASSERT_EQ(fromProtobuf.size(), 1U);
        ASSERT_EQ(bj::serialize(fromProtobuf.at(0)), bj::serialize(fromJson.at(0)));
        Span expected;
        try {
            expected = nativeSpan(sidespan::SpanView(record.front().data()));
        } catch (const std::invalid_argument&) {
            EXPECT_THROW((void)Span::fromJson(fromProtobuf.at(0)), std::invalid_argument);
            continue;
        }
        ASSERT_EQ(Span::fromJson(fromProtobuf.at(0)), expected) << bj::serialize(fromProtobuf.at(0));
        ++read;
    }
    EXPECT_GT(read, sidespan::test::repeats(1'000));
}

TEST(OtlpReader, MakesTextOfWhatNativeAttributesCannotHold) {
    OtlpRequest request;
    auto& span = addSpan(request);
    const auto add = [&](const char* key) -> sidespan_test::AnyValue& {
        auto& attribute = *span.add_attributes();
        attribute.set_key(key);
        return *attribute.mutable_value();
    };
    auto& list = *add("list").mutable_array_value();
    list.add_values()->set_int_value(1);
    list.add_values()->set_string_value("two");
    auto& member = *add("map").mutable_kvlist_value()->add_values();
    member.set_key("k");
    member.mutable_value()->set_bool_value(true);
    add("bytes").set_bytes_value(std::string("\x00\xff", 2));
    add("nothing");
    const auto attributes = readOne(request).at("attributes").as_object();
    EXPECT_EQ(attributes.at("list"), R"([1,"two"])");
    EXPECT_EQ(attributes.at("map"), R"({"k":true})");
    EXPECT_EQ(attributes.at("bytes"), "AP8=");
    EXPECT_FALSE(attributes.contains("nothing"));
}

TEST(OtlpReader, KeepsArraysOfOneType) {
    OtlpRequest request;
    auto& span = addSpan(request);
    const auto add = [&](const char* key) -> sidespan_test::ArrayValue& {
        auto& attribute = *span.add_attributes();
        attribute.set_key(key);
        return *attribute.mutable_value()->mutable_array_value();
    };
    add("texts").add_values()->set_string_value("a");
    add("integers").add_values()->set_int_value(1);
    auto& reals = add("reals");
    reals.add_values()->set_double_value(1);
    reals.add_values()->set_double_value(std::numeric_limits<double>::infinity());
    add("bools").add_values()->set_bool_value(true);
    add("lists").add_values()->mutable_array_value();
    const auto attributes = Span::fromJson(readOne(request)).attributes;
    EXPECT_EQ(attributes.at("texts"), sidespan::AttributeValue(std::vector{"a"}));
    EXPECT_EQ(attributes.at("integers"), sidespan::AttributeValue(std::vector{1}));
    EXPECT_EQ(attributes.at("reals"), sidespan::AttributeValue(std::vector{"1", "Infinity"}));
    EXPECT_EQ(attributes.at("bools"), sidespan::AttributeValue(std::vector{true}));
    EXPECT_EQ(attributes.at("lists"), "[[]]");
}

TEST(OtlpReader, GivesTraceStateFlagsAndTheScopeInBothForms) {
    OtlpRequest request;
    auto& span = addSpan(request);
    span.set_trace_state("ot=th:8");
    span.set_flags(0x301);
    auto& link = *span.add_links();
    link.set_trace_id(std::string(16, '\x1a'));
    link.set_span_id(std::string(8, '\x2c'));
    link.set_trace_state("c=d");
    auto& scopeSpans = *request.mutable_resource_spans(0)->mutable_scope_spans(0);
    scopeSpans.mutable_scope()->set_name("http");
    scopeSpans.mutable_scope()->set_version("2.1");
    *request.mutable_resource_spans(0)->add_scope_spans()->add_spans() = span;
    const auto fromProtobuf = readAll(request.SerializeAsString(), false);
    const auto fromJson = readAll(R"({"resourceSpans":[{"scopeSpans":[
        {"scope":{"name":"http","version":"2.1"},"spans":[{"traceState":"ot=th:8","flags":769,
          "links":[{"traceId":"1a","spanId":"2c","traceState":"c=d"}]}]},
        {"scope":{},"spans":[{}]}]}]})",
                                  true);
    const bj::object scope{{"name", "http"}, {"version", "2.1"}};
    for (const auto& spans : {fromProtobuf, fromJson}) {
        ASSERT_EQ(spans.size(), 2U);
        EXPECT_EQ(spans[0].at("traceState"), "ot=th:8");
        EXPECT_EQ(spans[0].at("flags"), 769U);
        EXPECT_EQ(spans[0].at("scope"), scope);
        EXPECT_EQ(spans[0].at("links").at(0).at("traceState"), "c=d");
        EXPECT_FALSE(spans[1].contains("scope"));
    }
}

TEST(OtlpReader, TellsAnOkThatWasSaidFromNone) {
    OtlpRequest request;
    for (const int code : {0, 1, 2}) addSpan(request).mutable_status()->set_code(code);
    const auto fromProtobuf = readAll(request.SerializeAsString(), false);
    const auto fromJson = readAll(R"({"resourceSpans":[{"scopeSpans":[{"spans":[
        {},{"status":{"code":1}},{"status":{"code":"STATUS_CODE_ERROR"}}]}]}]})",
                                  true);
    for (const auto& spans : {fromProtobuf, fromJson}) {
        ASSERT_EQ(spans.size(), 3U);
        EXPECT_EQ(spans[0].at("status"), "ok");
        EXPECT_FALSE(spans[0].contains("statusCode"));
        EXPECT_EQ(spans[1].at("status"), "ok");
        EXPECT_EQ(spans[1].at("statusCode"), 1U);
        EXPECT_EQ(spans[2].at("status"), "error");
        EXPECT_FALSE(spans[2].contains("statusCode"));
    }
}

TEST(OtlpReader, TakesAnyProgramForAServerUnlessItSaysWhatItIs) {
    OtlpRequest request;
    addSpan(request);
    auto& name = *request.mutable_resource_spans(0)->mutable_resource()->add_attributes();
    name.set_key("service.name");
    name.mutable_value()->set_string_value("backend");
    const auto span = readOne(request);
    EXPECT_EQ(span.at("clientType"), "server");
    EXPECT_EQ(span.at("serviceName"), "backend");
    EXPECT_NO_THROW((void)Span::fromJson(span));
}

TEST(OtlpReader, PassesOverFieldsItDoesNotKnow) {
    OtlpRequest request;
    auto& span = addSpan(request);
    span.GetReflection()->MutableUnknownFields(&span)->AddVarint(1000, 5);
    span.GetReflection()->MutableUnknownFields(&span)->AddLengthDelimited(1001, "new");
    span.GetReflection()->MutableUnknownFields(&span)->AddFixed32(1002, 7);
    EXPECT_EQ(readOne(request).at("name"), "GET /loops");
    EXPECT_EQ(
        readAll(R"({"resourceSpans":[{"new":1,"scopeSpans":[{"spans":[{"name":"x","newer":{}}]}]}]})", true)
            .at(0)
            .at("name"),
        "x");
}

TEST(OtlpReader, TakesUpperCaseIdsNamesOfEnumerationsAndNumbersForStrings) {
    const auto spans = readAll(
        R"({"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5B8EFFF798038103D269B633813FC60C",)"
        R"("spanId":"EEE19B7EC3C1B174","parentSpanId":"","name":"x","kind":"SPAN_KIND_CLIENT",)"
        R"("startTimeUnixNano":1544712660000000000,"endTimeUnixNano":"1544712661000000000",)"
        R"("attributes":[{"key":"n","value":{"intValue":3}}],"status":{"code":"STATUS_CODE_ERROR"}}]}]}]})",
        true);
    const auto span = Span::fromJson(spans.at(0));
    EXPECT_EQ(span.traceId, "5b8efff7-9803-8103-d269-b633813fc60c");
    EXPECT_EQ(span.kind, "client");
    EXPECT_EQ(span.status, "error");
    EXPECT_EQ(span.durationMs, 1000);
    EXPECT_EQ(span.attributes.at("n"), sidespan::AttributeValue(3));
}

TEST(OtlpReader, TakesWhatIsAllZeroForNone) {
    OtlpRequest request;
    auto& span = addSpan(request);
    span.set_parent_span_id(std::string(8, '\0'));
    auto& link = *span.add_links();
    link.set_trace_id(std::string(16, '\0'));
    link.set_span_id(std::string(8, '\0'));
    span.add_links();
    span.set_dropped_links_count(3);
    const auto ofProtobuf = Span::fromJson(readOne(request));
    const auto ofJson = Span::fromJson(
        readAll(R"({"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c",)"
                R"("spanId":"eee19b7ec3c1b174","parentSpanId":"0000000000000000","name":"x",)"
                R"("links":[{"traceId":"00000000000000000000000000000000","spanId":"0000000000000000"},{}],)"
                R"("droppedLinksCount":3}]}]}]})",
                true)
            .at(0));
    for (const auto* root : {&ofProtobuf, &ofJson}) {
        EXPECT_EQ(root->parentSpanId, "");
        EXPECT_TRUE(root->links.empty());
        EXPECT_EQ(root->droppedLinks, 5U);
    }
}

TEST(OtlpReader, NamesWhatHasNoName) {
    OtlpRequest request;
    auto& span = addSpan(request);
    span.clear_name();
    span.add_events();
    const auto read = Span::fromJson(readOne(request));
    EXPECT_EQ(read.name, "(no name)");
    EXPECT_EQ(read.events.at(0).name, "(no name)");
}

TEST(OtlpReader, TakesNumbersOfJsonThatAreWhole) {
    const auto body = [](std::string_view start, std::string_view value) {
        return R"({"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":)" + std::string(start) +
               R"(,"attributes":[{"key":"n","value":{"intValue":)" + std::string(value) + "}}]}]}]}]}";
    };
    const auto span = readAll(body("1.5446e18", "3.0"), true).at(0);
    EXPECT_EQ(span.at("startTimeUnixNano"), "1544600000000000000");
    EXPECT_EQ(span.at("attributes").at("n"), 3);
    EXPECT_THAT(errorOf(body("0.5", "3"), true), HasSubstr("\"startTimeUnixNano\" must be a whole number"));
    EXPECT_EQ(readAll(body("1", "18446744073709551615"), true).at(0).at("attributes").at("n"), 0x1p64)
        << "as in native JSON, since no integer holds it";
}

TEST(OtlpReader, SaysWhatIsWrongAndWhere) {
    OtlpRequest request;
    addSpan(request);
    const auto body = request.SerializeAsString();
    EXPECT_THAT(errorOf(std::string_view(body).substr(0, body.size() - 1), false),
                HasSubstr("longer than its message at byte"));
    EXPECT_THAT(errorOf("\xff\xff", false), HasSubstr("cut off at byte 2"));
    EXPECT_THAT(errorOf("[]", true), HasSubstr("must be an object"));
    EXPECT_THAT(errorOf(R"({"resourceSpans":3})", true), HasSubstr("\"resourceSpans\" must be an array"));
}

TEST(OtlpReader, BoundsHowDeepAValueMayBe) {
    OtlpRequest request;
    auto* value = addSpan(request).add_attributes()->mutable_value();
    for (int depth = 0; depth < 40; ++depth) value = value->mutable_array_value()->add_values();
    EXPECT_THAT(errorOf(request.SerializeAsString(), false), HasSubstr("more than 16 deep at byte"));

    std::string json = R"({"intValue":1})";
    for (int depth = 0; depth < 16; ++depth) json = R"({"arrayValue":{"values":[)" + json + "]}}";
    json = R"({"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":)" + json + "}]}}]}";
    EXPECT_THAT(errorOf(json, true), HasSubstr("\"value\" must be nested at most 16 deep"));
}

}
