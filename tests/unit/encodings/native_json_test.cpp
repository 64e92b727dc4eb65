#include <sidespan/native_json/native_json.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan/json/parse_json.h>
#include <sidespan/span.h>
#include <sidespan/span_view.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "allocations.h"
#include "random_records.h"
#include "record_builder.h"
#include "support/sanitizers.h"

namespace {

namespace bj = boost::json;
using sidespan::NativeJson;
using sidespan::Resource;
using sidespan::SpanView;
using sidespan::TextBuffer;

const Resource resource{{"LoopShare", "1.2.0"}, sidespan::ClientType::plugin};

std::string objectOf(SpanView span, const Resource& whose = resource) {
    NativeJson encoding;
    TextBuffer out;
    encoding.appendObject(out, span, whose);
    return std::string(out.view());
}

TEST(NativeJson, WritesWhatTheDomWrites) {
    RandomRecords records(42);
    for (int i = 0; i < sidespan::test::repeats(10'000); ++i) {
        const SpanView span(records.next().data());
        const std::string text = objectOf(span);
        ASSERT_EQ(sidespan::parseJson(text), span.toSpan(resource).toJson()) << text;
    }
}

TEST(NativeJson, ReadsBackAsTheSpanItWas) {
    RecordBuilder builder("audio.encode");
    builder.item() = {.word = {},
                      .name = "audio.encode",
                      .start = 1'766'012'345'678'901'234,
                      .end = 1'766'012'345'698'901'234,
                      .spanId = 0x00f067aa0ba902b7,
                      .parentId = 0xb7ad6b7169203331,
                      .traceHigh = 0x0f8fad5bd9cb469f,
                      .traceLow = 0xa16570867728950e};
    builder.status(sidespan::SpanStatus::error);
    builder.statusMessage("disk full");
    builder.text("codec", "flac");
    builder.event("started", 1'766'012'345'680'000'001);
    builder.real("gain", 3.0, sidespan::detail::ofEventFlag);
    builder.integer("channels", 2);
    const SpanView span(builder.finish().data());
    EXPECT_EQ(sidespan::Span::fromJson(sidespan::parseJson(objectOf(span))), span.toSpan(resource));
    EXPECT_EQ(objectOf(span),
              R"({"traceId":"0f8fad5b-d9cb-469f-a165-70867728950e","spanId":"00f067aa0ba902b7",)"
              R"("parentSpanId":"b7ad6b7169203331","name":"audio.encode","startTimeMs":1766012345678,)"
              R"("endTimeMs":1766012345698,"startTimeUnixNano":"1766012345678901234",)"
              R"("endTimeUnixNano":"1766012345698901234","durationMs":20,"status":"error","kind":"internal",)"
              R"("attributes":{"codec":"flac","channels":2},"statusMessage":"disk full",)"
              R"("events":[{"timestamp":1766012345680,"timeUnixNano":"1766012345680000001","name":"started",)"
              R"("attributes":{"gain":3.0}}],"clientType":"plugin","clientVersion":"1.2.0",)"
              R"("serviceName":"LoopShare"})");
}

TEST(NativeJson, WritesABodyAsAnArray) {
    RandomRecords records(1);
    NativeJson encoding;
    TextBuffer out;
    for (int round = 0; round < 20; ++round) {
        bj::array expected;
        out.clear();
        encoding.open(out, resource);
        for (int i = 0; i < round; ++i) {
            const SpanView span(records.next().data());
            encoding.append(out, span);
            expected.push_back(span.toSpan(resource).toJson());
        }
        encoding.close(out);
        ASSERT_EQ(sidespan::parseJson(out.view()), expected);
    }
}

TEST(NativeJson, WrapsABodyWithItsResourceWhenAsked) {
    Resource team = resource;
    team.service.instanceId = "rack-4";
    team.attributes = {{"team", "say \"audio\"\xFF"},
                       {"build", 512},
                       {"share", 0.5},
                       {"beta", true},
                       {"zones", std::vector<std::int64_t>{1, 2}}};
    RandomRecords records(4);
    const auto record = records.next();
    const SpanView span(record.data());
    sidespan::Config config;
    config.batch.wrapped = true;
    NativeJson encoding(config);
    TextBuffer out;
    encoding.open(out, team);
    encoding.append(out, span);
    encoding.append(out, span);
    encoding.close(out);
    const auto body = sidespan::parseJson(out.view());
    EXPECT_EQ(body.at("spans"), (bj::array{span.toSpan(team).toJson(), span.toSpan(team).toJson()}));
    EXPECT_EQ(body.at("clientType"), "plugin");
    EXPECT_EQ(body.at("clientVersion"), "1.2.0");
    EXPECT_EQ(body.at("serviceName"), "LoopShare");
    const auto& told = body.at("resource").as_object();
    EXPECT_EQ(told.at("service.name"), "LoopShare");
    EXPECT_EQ(told.at("service.instance.id"), "rack-4");
    EXPECT_EQ(told.at("team"), "say \"audio\"\uFFFD");
    EXPECT_EQ(told.at("build"), 512);
    EXPECT_EQ(told.at("share"), 0.5);
    EXPECT_EQ(told.at("beta"), true);
    EXPECT_EQ(told.at("zones"), (bj::array{1, 2}));
}

TEST(NativeJson, LetsTheLastSpanBeTakenBack) {
    RandomRecords records(2);
    NativeJson encoding;
    TextBuffer out;
    encoding.open(out, resource);
    const std::vector<std::byte> first = records.next();
    encoding.append(out, SpanView(first.data()));
    const std::size_t size = out.size();
    encoding.append(out, SpanView(records.next().data()));
    out.truncate(size);
    encoding.close(out);
    EXPECT_EQ(sidespan::parseJson(out.view()), (bj::array{SpanView(first.data()).toSpan(resource).toJson()}));
}

TEST(NativeJson, TellsEveryResourceApart) {
    RandomRecords records(3);
    const std::vector<std::byte> record = records.next();
    NativeJson encoding;
    for (const Resource& whose :
         {resource, Resource{}, Resource{{"x", "say \"1\"\n\xFF"}, sidespan::ClientType::cli},
          Resource{{"LoopShare", std::string(300, '1')}, sidespan::ClientType::web}, Resource{}}) {
        TextBuffer out;
        encoding.appendObject(out, SpanView(record.data()), whose);
        ASSERT_EQ(sidespan::parseJson(out.view()), SpanView(record.data()).toSpan(whose).toJson());
    }
}

// Records whose text grows most from record to JSON, each into a buffer that holds nothing else.
TEST(NativeJson, HasRoomForTheLongestTextARecordCanBecome) {
    const std::string longest(255, 'k');
    const auto check = [&](auto add) {
        RecordBuilder builder(longest);
        builder.item().end = std::numeric_limits<std::int64_t>::max();
        builder.item().parentId = 1;
        while (builder.size() + 64 < sidespan::detail::maxRecordBytes) add(builder);
        const SpanView span(builder.finish().data());
        ASSERT_EQ(sidespan::parseJson(objectOf(span)), span.toSpan(resource).toJson());
    };
    check([&](RecordBuilder& builder) { builder.text(longest, ""); });
    check([&](RecordBuilder& builder) { builder.copiedName(std::string(255, '\x01')); });
    check([&](RecordBuilder& builder) { builder.text(longest, "\x01\x01\x01\x01\x01\x01\x01\x01"); });
    check([&](RecordBuilder& builder) { builder.real(longest, -2.2250738585072014e-308); });
    check(
        [&](RecordBuilder& builder) { builder.integer(longest, std::numeric_limits<std::int64_t>::min()); });
    check([&](RecordBuilder& builder) { builder.boolean(longest, false); });
    check([&](RecordBuilder& builder) { builder.event(longest, std::numeric_limits<std::int64_t>::max()); });
    check([&](RecordBuilder& builder) { builder.link(~0ULL, ~0ULL, ~0ULL, 0xffff); });
    check([&](RecordBuilder& builder) {
        builder.link(~0ULL, ~0ULL, ~0ULL, 0xffff);
        builder.text(longest, "\x01", sidespan::detail::ofLinkFlag);
    });
    using Type = sidespan::AttributeArrayView::Type;
    check([&](RecordBuilder& builder) { builder.array(longest, Type::text, 0, ""); });
    check([&](RecordBuilder& builder) { builder.array(longest, Type::boolean, 8, std::string(8, '\0')); });
    check(
        [&](RecordBuilder& builder) { builder.array("k", Type::boolean, 3'700, std::string(3'700, '\0')); });
    check([&](RecordBuilder& builder) { builder.array("k", Type::text, 1'850, std::string(3'700, '\0')); });
    check([&](RecordBuilder& builder) {
        const double longNumber = -2.2250738585072014e-308;
        std::string elements;
        for (int i = 0; i < 460; ++i)
            elements.append(reinterpret_cast<const char*>(&longNumber), sizeof longNumber);
        builder.array("k", Type::real, 460, elements);
    });
    check([&](RecordBuilder& builder) {
        builder.event(longest, std::numeric_limits<std::int64_t>::max());
        builder.text(longest, "\x01", sidespan::detail::ofEventFlag);
    });
    check([&](RecordBuilder& builder) { builder.statusMessage(std::string(3000, '\x01')); });
}

#if COUNTS_ALLOCATIONS
TEST(NativeJson, AllocatesNothingOnceItsBufferHasGrown) {
    RandomRecords records(4);
    std::vector<std::vector<std::byte>> batch;
    for (int i = 0; i < 64; ++i) batch.push_back(records.next());
    NativeJson encoding;
    TextBuffer out;
    const auto encode = [&] {
        out.clear();
        encoding.open(out, resource);
        for (const auto& record : batch) encoding.append(out, SpanView(record.data()));
        encoding.close(out);
    };
    encode();
    const std::size_t capacity = out.capacity();
    const std::size_t before = allocationCount();
    for (int round = 0; round < 3; ++round) encode();
    EXPECT_EQ(allocationCount(), before);
    EXPECT_EQ(out.capacity(), capacity);
}
#endif

}
