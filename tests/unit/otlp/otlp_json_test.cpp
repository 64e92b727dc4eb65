#include <sidespan/otlp/otlp_json.h>

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan/otlp/otlp_protobuf.h>

#include "allocations.h"
#include "otlp_document.h"
#include "random_records.h"
#include "record_builder.h"
#include "support/sanitizers.h"

namespace {

using sidespan::OtlpJson;

const sidespan::Resource service{{"Loop\"Share\"", "1.2.0"}, sidespan::ClientType::web};

// Two writers that share no code for values, read by a library of other people's.
TEST(OtlpJson, SaysWhatProtobufSays) {
    RandomRecords records(42);
    OtlpJson json;
    sidespan::OtlpProtobuf protobuf;
    for (int i = 0; i < sidespan::test::repeats(10'000); ++i) {
        const std::vector<std::vector<std::byte>> record{records.next()};
        const auto text = bodyOf(json, record, service);
        ASSERT_EQ(print(readJson(text)), print(readProtobuf(bodyOf(protobuf, record, service)))) << text;
    }
}

// What grows most on its way into this form.
TEST(OtlpJson, HasRoomForTheLargestArrays) {
    using Type = sidespan::AttributeArrayView::Type;
    OtlpJson json;
    sidespan::OtlpProtobuf protobuf;
    const auto check = [&](Type type, std::size_t count) {
        RecordBuilder builder("x");
        builder.array("k", type, count, std::string(3'700, '\0'));
        const std::vector<std::vector<std::byte>> record{builder.finish()};
        const auto read = readJson(bodyOf(json, record, service));
        EXPECT_EQ(onlySpan(read).attributes(0).value().array_value().values_size(), static_cast<int>(count));
        EXPECT_EQ(print(read), print(readProtobuf(bodyOf(protobuf, record, service))));
    };
    check(Type::boolean, 3'700);
    check(Type::text, 1'850);
    check(Type::integer, 462);
    check(Type::real, 462);
}

TEST(OtlpJson, MakesOneBodyOfManySpans) {
    RandomRecords records(7);
    std::vector<std::vector<std::byte>> several;
    for (int i = 0; i < 50; ++i) several.push_back(records.next());
    OtlpJson encoding;
    EXPECT_EQ(readJson(bodyOf(encoding, several, service)).resource_spans(0).scope_spans(0).spans_size(), 50);
    EXPECT_EQ(readJson(bodyOf(encoding, {}, service)).resource_spans(0).scope_spans(0).spans_size(), 0);
}

TEST(OtlpJson, WritesIntegersAsStringsAndEnumerationsAsNumbers) {
    RecordBuilder builder("x");
    builder.integer("big", 9'007'199'254'740'993);
    builder.kind(sidespan::SpanKind::server);
    OtlpJson encoding;
    const auto text = bodyOf(encoding, {builder.finish()}, service);
    EXPECT_NE(text.find(R"({"key":"big","value":{"intValue":"9007199254740993"}})"), std::string::npos)
        << text;
    EXPECT_NE(text.find(R"("kind":2,"startTimeUnixNano":"0")"), std::string::npos) << text;
    EXPECT_EQ(text.find("parentSpanId"), std::string::npos) << text;
}

TEST(OtlpJson, WritesOneLineForASpanThatStandsAlone) {
    RecordBuilder builder("x");
    builder.text("lines", "a\nb\r\n");
    OtlpJson encoding;
    sidespan::TextBuffer out;
    encoding.appendObject(out, sidespan::SpanView(builder.finish().data()), service);
    EXPECT_EQ(out.view().find_first_of("\r\n"), std::string_view::npos);
    EXPECT_EQ(onlySpan(readJson(out.view())).attributes(0).value().string_value(), "a\nb\r\n");
}

#if COUNTS_ALLOCATIONS
TEST(OtlpJson, AllocatesNothingInSteadyState) {
    RandomRecords records(3);
    std::vector<std::vector<std::byte>> several;
    for (int i = 0; i < 100; ++i) several.push_back(records.next());
    OtlpJson encoding;
    sidespan::TextBuffer out;
    const auto encode = [&] {
        out.clear();
        encoding.open(out, service);
        for (const auto& record : several) encoding.append(out, sidespan::SpanView(record.data()));
        encoding.close(out);
    };
    encode();
    const auto before = allocationCount();
    encode();
    EXPECT_EQ(allocationCount(), before);
}
#endif

}
