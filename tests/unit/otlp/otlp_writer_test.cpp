#include <sidespan/otlp_writer/otlp_writer.h>

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan/encoding/detail/otlp_lengths.h>
#include <sidespan/json/parse_json.h>
#include <sidespan/native_json/native_json.h>
#include <sidespan/otlp/otlp_protobuf.h>
#include <sidespan/otlp_reader/otlp_reader.h>
#include <boost/json/array.hpp>

#include "otlp_document.h"
#include "random_records.h"

namespace sidespan::test {
namespace {

namespace bj = boost::json;

const bj::object resource{{"service.name", "LoopShare"},
                          {"build", 512},
                          {"share", 0.5},
                          {"beta", true},
                          {"tags", {"a", "b"}},
                          {"nested", {{"deep", bj::array{1, nullptr}}}}};

// A whole body of either form.
std::string written(const std::vector<bj::object>& spans, bool isWhole) {
    const OtlpWriter writer(resource);
    TextBuffer out;
    if (!isWhole) writer.appendHead(out);
    for (const auto& span : spans)
        isWhole ? writer.appendWhole(out, span) : OtlpWriter::appendSpan(out, span);
    std::string body(out.view());
    OtlpWriter::fixLengths(body.data(), body.size());
    OtlpWriter::fixLengths(body.data(), body.size());  // as a batch that is divided again
    return body;
}

bj::object nativeObject(SpanView span) {
    NativeJson encoding;
    TextBuffer out;
    encoding.appendObject(out, span, {});
    return parseJson(out.view()).as_object();
}

// As a server reads it: in native JSON a key stands once, and numbers that JSON lacks are names.
bj::object readBack(const std::string& body) {
    bj::object read;
    readOtlpProtobuf(body, [&](bj::object span) { read = std::move(span); });
    read.erase("serviceName");  // of the resource
    read.erase("clientVersion");
    read.erase("clientType");
    return read;
}

// Native JSON has none of these.
bj::object readNativeBack(const std::string& body) {
    auto read = readBack(body);
    read.erase("scope");
    read.erase("flags");
    read.erase("statusCode");
    return read;
}

TEST(OtlpWriter, WritesWhatOtlpProtobufWritesOfTheSameSpan) {
    RandomRecords records(11);
    OtlpProtobuf encoding;
    for (int i = 0; i < 2000; ++i) {
        const std::vector<std::vector<std::byte>> record{records.next()};
        const auto body = written({nativeObject(SpanView(record[0].data()))}, i % 2 == 0);
        ASSERT_EQ(readProtobuf(body).resource_spans_size(), 1);  // and strictly
        ASSERT_EQ(readNativeBack(body), readNativeBack(bodyOf(encoding, record, {})));
    }
}

TEST(OtlpWriter, WritesOneResourceForSeveralSpansOrEachWithItsOwn) {
    RandomRecords records(12);
    std::vector<bj::object> spans;
    for (int i = 0; i < 300; ++i) spans.push_back(nativeObject(SpanView(records.next().data())));
    const auto together = readProtobuf(written(spans, false));
    ASSERT_EQ(together.resource_spans_size(), 1);
    ASSERT_EQ(together.resource_spans(0).scope_spans(0).spans_size(), 300);
    const auto apart = readProtobuf(written(spans, true));
    ASSERT_EQ(apart.resource_spans_size(), 300);
    for (int i = 0; i < 300; ++i) {
        const auto& one = apart.resource_spans(i);
        EXPECT_EQ(one.resource().DebugString(), together.resource_spans(0).resource().DebugString());
        EXPECT_EQ(one.scope_spans(0).spans(0).DebugString(),
                  together.resource_spans(0).scope_spans(0).spans(i).DebugString());
    }
}

// A run that divides an earlier run's batch knows only its media type.
TEST(OtlpWriter, KeepsTheFormOfABodyThatAnotherEncodingDivides) {
    RandomRecords records(13);
    std::vector<bj::object> spans;
    const auto expectTheSame = [&] {
        const auto whole = written(spans, true);
        auto divided = whole;
        detail::fixOtlpLengths(divided.data(), divided.size());
        EXPECT_EQ(divided, whole) << spans.size();
    };
    for (int i = 0; i < 300; ++i) {
        spans.assign({nativeObject(SpanView(records.next().data()))});
        expectTheSame();
    }
    for (const std::size_t size : {100U, 20'000U, 3'000'000U}) {
        spans.front()["name"] = std::string(size, 'n');
        expectTheSame();
    }
}

TEST(OtlpWriter, KeepsTheTypesOfValues) {
    const auto request = readProtobuf(written({}, false));
    const auto& attributes = request.resource_spans(0).resource().attributes();
    ASSERT_EQ(attributes.size(), 6);
    EXPECT_EQ(attributes[0].value().string_value(), "LoopShare");
    EXPECT_EQ(attributes[1].value().int_value(), 512);
    EXPECT_EQ(attributes[2].value().double_value(), 0.5);
    EXPECT_TRUE(attributes[3].value().bool_value());
    EXPECT_EQ(attributes[4].value().array_value().values(1).string_value(), "b");
    const auto& deep = attributes[5].value().kvlist_value().values(0);
    EXPECT_EQ(deep.key(), "deep");
    EXPECT_EQ(deep.value().array_value().values(0).int_value(), 1);
    EXPECT_EQ(deep.value().array_value().values_size(), 2);
}

TEST(OtlpWriter, WritesWhatTheReadersSayBesideNativeJson) {
    const bj::object scope{{"name", "http"}, {"version", "2.1"}, {"attributes", {{"short", true}}}};
    const bj::object span{{"traceId", "1a1a1a1a-1a1a-1a1a-1a1a-1a1a1a1a1a1a"},
                          {"spanId", "2b2b2b2b2b2b2b2b"},
                          {"name", "GET /loops"},
                          {"traceState", "ot=th:8,a=b"},
                          {"flags", 0x301},
                          {"links", bj::array{{{"traceId", "1a1a1a1a-1a1a-1a1a-1a1a-1a1a1a1a1a1b"},
                                               {"spanId", "2b2b2b2b2b2b2b2c"},
                                               {"flags", 0x101},
                                               {"traceState", "c=d"}}}}};
    const OtlpWriter writer(resource, scope);
    TextBuffer whole;
    writer.appendWhole(whole, span);
    TextBuffer together;
    writer.appendHead(together);
    OtlpWriter::appendSpan(together, span);
    for (const auto* out : {&whole, &together}) {
        std::string body(out->view());
        OtlpWriter::fixLengths(body.data(), body.size());
        const auto request = readProtobuf(body);
        EXPECT_EQ(onlySpan(request).trace_state(), "ot=th:8,a=b");
        EXPECT_EQ(onlySpan(request).flags(), 0x301U);
        EXPECT_EQ(onlySpan(request).links(0).trace_state(), "c=d");
        EXPECT_EQ(onlySpan(request).links(0).flags(), 0x101U);
        const auto read = readBack(body);
        EXPECT_EQ(read.at("traceState"), "ot=th:8,a=b");
        EXPECT_EQ(read.at("flags"), 0x301);
        EXPECT_EQ(read.at("scope"), scope);
        EXPECT_EQ(read.at("links").at(0).at("traceState"), "c=d");
        EXPECT_EQ(read.at("links").at(0).at("flags"), 0x101);
    }
}

TEST(OtlpWriter, WritesOkWhereTheReadersFoundIt) {
    const auto statusOf = [](const bj::object& span) {
        return onlySpan(readProtobuf(written({span}, false))).status();
    };
    EXPECT_EQ(statusOf({{"status", "ok"}}).code(), 0);
    EXPECT_EQ(statusOf({{"status", "ok"}, {"statusCode", 1}, {"statusMessage", "x"}}).code(), 1);
    EXPECT_EQ(statusOf({{"status", "ok"}, {"statusCode", 1}, {"statusMessage", "x"}}).message(), "");
    EXPECT_EQ(statusOf({{"status", "error"}, {"statusCode", 1}}).code(), 2);
}

TEST(OtlpWriter, LeavesOutWhatIsNotRight) {
    const bj::object odd{{"traceId", "x"},       {"spanId", 3},          {"name", nullptr},
                         {"kind", "guitar"},     {"events", {1, "two"}}, {"links", {{"traceId", "y"}}},
                         {"attributes", {1, 2}}, {"status", false},      {"startTimeUnixNano", -5}};
    const auto span = onlySpan(readProtobuf(written({odd}, false)));
    EXPECT_TRUE(span.trace_id().empty());
    EXPECT_TRUE(span.span_id().empty());
    EXPECT_EQ(span.attributes_size(), 0);
    EXPECT_EQ(span.events_size(), 0);
    EXPECT_EQ(span.start_time_unix_nano(), 0U);
    EXPECT_FALSE(span.has_status());
}

TEST(OtlpWriter, TakesTheMillisecondsOfAnEventThatHasNoNanoseconds) {
    const bj::object span{{"events", bj::array{{{"timestamp", 1'766'012'345'679}, {"name", "tick"}}}}};
    const auto written1 = onlySpan(readProtobuf(written({span}, true)));
    ASSERT_EQ(written1.events_size(), 1);
    EXPECT_EQ(written1.events(0).time_unix_nano(), 1'766'012'345'679'000'000U);
}

}
}
