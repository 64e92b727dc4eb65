#include <sidespan/otlp/otlp_json.h>
#include <sidespan/otlp/otlp_protobuf.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan/clock/manual_clock.h>
#include <sidespan/lock/null_lock.h>
#include <sidespan/native_json/native_json.h>
#include <sidespan/recorder.h>

#include "allocations.h"
#include "otlp_document.h"
#include "random_records.h"
#include "record_builder.h"

namespace {

using sidespan::OtlpProtobuf;
using sidespan::Resource;
using sidespan::SpanStatus;

const Resource loopShare{{"LoopShare", "1.2.0"}, sidespan::ClientType::plugin};

sidespan_test::Span encodeAndRead(RecordBuilder& builder) {
    OtlpProtobuf encoding;
    return onlySpan(readProtobuf(bodyOf(encoding, {builder.finish()}, loopShare)));
}

std::string bytesOf(std::uint64_t value) {
    std::string bytes;
    for (unsigned i = 0; i < 8; ++i) bytes += static_cast<char>(value >> (56 - 8 * i));
    return bytes;
}

TEST(OtlpProtobuf, WritesEveryFieldWhereTheSpecificationHasIt) {
    RecordBuilder builder("audio.upload");
    builder.item().traceHigh = 0x0102030405060708;
    builder.item().traceLow = 0x090a0b0c0d0e0f10;
    builder.item().spanId = 0xa1a2a3a4a5a6a7a8;
    builder.item().parentId = 0xb1b2b3b4b5b6b7b8;
    builder.item().start = 1'766'012'345'678'123'456;
    builder.item().end = 1'766'012'345'690'123'456;
    builder.kind(sidespan::SpanKind::client);
    builder.status(SpanStatus::error);
    builder.text("codec", "flac");
    builder.integer("channels", -2);
    builder.real("load", 0.5);
    builder.boolean("is.loop", true);
    builder.event("retry", 1'766'012'345'680'000'000);
    builder.integer("attempt", 3, sidespan::detail::ofEventFlag);
    builder.link(7, 8, 9, 0x303);
    builder.text("why", "batch", sidespan::detail::ofLinkFlag);
    builder.array("mutes", sidespan::AttributeArrayView::Type::boolean, 2, std::string_view("\x01\0", 2));
    builder.array("tags", sidespan::AttributeArrayView::Type::text, 2, std::string_view("\x01\0a\0\0", 5));
    builder.statusMessage("disk full");
    builder.dropped(4, 5, 6);
    builder.traceState("ot=th:8,a=\"b\"");
    const auto span = encodeAndRead(builder);

    EXPECT_EQ(span.trace_id(), bytesOf(0x0102030405060708) + bytesOf(0x090a0b0c0d0e0f10));
    EXPECT_EQ(span.span_id(), bytesOf(0xa1a2a3a4a5a6a7a8));
    EXPECT_EQ(span.parent_span_id(), bytesOf(0xb1b2b3b4b5b6b7b8));
    EXPECT_EQ(span.trace_state(), "ot=th:8,a=\"b\"");
    EXPECT_EQ(span.name(), "audio.upload");
    EXPECT_EQ(span.kind(), 3);
    EXPECT_EQ(span.start_time_unix_nano(), 1'766'012'345'678'123'456U);
    EXPECT_EQ(span.end_time_unix_nano(), 1'766'012'345'690'123'456U);
    EXPECT_EQ(span.flags(), 0x101U);
    ASSERT_EQ(span.attributes_size(), 6);
    EXPECT_EQ(span.attributes(0).key(), "codec");
    EXPECT_EQ(span.attributes(0).value().string_value(), "flac");
    EXPECT_EQ(span.attributes(1).value().int_value(), -2);
    EXPECT_EQ(span.attributes(2).value().double_value(), 0.5);
    EXPECT_TRUE(span.attributes(3).value().bool_value());
    ASSERT_EQ(span.attributes(4).value().array_value().values_size(), 2);
    EXPECT_TRUE(span.attributes(4).value().array_value().values(0).bool_value());
    EXPECT_FALSE(span.attributes(4).value().array_value().values(1).bool_value());
    ASSERT_EQ(span.attributes(5).value().array_value().values_size(), 2);
    EXPECT_EQ(span.attributes(5).value().array_value().values(0).string_value(), "a");
    ASSERT_EQ(span.events_size(), 1);
    EXPECT_EQ(span.events(0).name(), "retry");
    EXPECT_EQ(span.events(0).time_unix_nano(), 1'766'012'345'680'000'000U);
    ASSERT_EQ(span.events(0).attributes_size(), 1);
    EXPECT_EQ(span.events(0).attributes(0).value().int_value(), 3);
    ASSERT_EQ(span.links_size(), 1);
    EXPECT_EQ(span.links(0).trace_id(), bytesOf(7) + bytesOf(8));
    EXPECT_EQ(span.links(0).span_id(), bytesOf(9));
    EXPECT_EQ(span.links(0).flags(), 0x303U);
    ASSERT_EQ(span.links(0).attributes_size(), 1);
    EXPECT_EQ(span.links(0).attributes(0).key(), "why");
    EXPECT_EQ(span.links(0).attributes(0).value().string_value(), "batch");
    EXPECT_EQ(span.status().code(), 2);
    EXPECT_EQ(span.status().message(), "disk full");
    EXPECT_EQ(span.dropped_attributes_count(), 4U);
    EXPECT_EQ(span.dropped_events_count(), 5U);
    EXPECT_EQ(span.dropped_links_count(), 6U);
}

TEST(OtlpProtobuf, NamesTheResourceAndTheScope) {
    RecordBuilder builder("x");
    OtlpProtobuf encoding;
    const auto request = readProtobuf(bodyOf(encoding, {builder.finish()}, loopShare));
    std::map<std::string, std::string> attributes;
    for (const auto& attribute : request.resource_spans(0).resource().attributes())
        attributes[attribute.key()] = attribute.value().string_value();
    EXPECT_EQ(attributes["service.name"], "LoopShare");
    EXPECT_EQ(attributes["service.version"], "1.2.0");
    EXPECT_EQ(attributes["telemetry.sdk.language"], "cpp");
    EXPECT_EQ(attributes["sidespan.client.type"], "plugin");
    EXPECT_EQ(request.resource_spans(0).scope_spans(0).scope().name(), "sidespan");
    EXPECT_EQ(request.resource_spans(0).scope_spans(0).scope().version(), sidespan::version);
}

// Both encodings, since they have one document.
TEST(OtlpProtobuf, CarriesTheProgramsOwnResourceAttributesAsWhatTheyAre) {
    Resource resource = loopShare;
    resource.service.instanceId = "rack-4";
    resource.attributes = {{"team", "say \"audio\"\n\xFF"},
                           {"build", -512},
                           {"share", 0.25},
                           {"beta", true},
                           {"os.type", "plan9"},
                           {"tags", std::vector<std::string>{"a", "b\"c"}}};
    RecordBuilder builder("x");
    const auto record = builder.finish();
    OtlpProtobuf protobuf;
    sidespan::OtlpJson json;
    for (const auto& request :
         {readProtobuf(bodyOf(protobuf, {record}, resource)), readJson(bodyOf(json, {record}, resource))}) {
        std::map<std::string, sidespan_test::AnyValue> attributes;
        for (const auto& attribute : request.resource_spans(0).resource().attributes())
            EXPECT_TRUE(attributes.emplace(attribute.key(), attribute.value()).second) << attribute.key();
        EXPECT_EQ(attributes["service.instance.id"].string_value(), "rack-4");
        EXPECT_EQ(attributes["team"].string_value(), "say \"audio\"\n\uFFFD");
        EXPECT_EQ(attributes["build"].int_value(), -512);
        EXPECT_EQ(attributes["share"].double_value(), 0.25);
        EXPECT_TRUE(attributes["beta"].bool_value());
        EXPECT_EQ(attributes["os.type"].string_value(), "plan9");
        ASSERT_EQ(attributes["tags"].array_value().values_size(), 2);
        EXPECT_EQ(attributes["tags"].array_value().values(1).string_value(), "b\"c");
        EXPECT_FALSE(attributes["os.version"].string_value().empty());
    }
}

TEST(OtlpProtobuf, GivesAServiceWithoutANameTheOneOfTheSpecification) {
    RecordBuilder builder("x");
    OtlpProtobuf encoding;
    const auto request = readProtobuf(bodyOf(encoding, {builder.finish()}, Resource{}));
    EXPECT_EQ(request.resource_spans(0).resource().attributes(0).value().string_value(), "unknown_service");
}

// A sink that keeps bodies of an encoding.
template <class Encoding>
class BodySink {
public:
    explicit BodySink(const sidespan::ValidConfig&) {}
    static void start() {}
    void consume(const sidespan::SpanBatch& batch) {
        sidespan::TextBuffer out;
        encoding_.open(out, batch.resource());
        for (const auto span : batch) encoding_.append(out, span);
        encoding_.close(out);
        bodies.emplace_back(out.view());
        delivered_ += batch.size();
    }
    static bool flush(sidespan::Deadline) { return true; }
    static void purge() {}
    static bool shutdown(sidespan::Deadline) { return true; }
    [[nodiscard]] sidespan::SinkStats stats() const {
        return {.received = delivered_, .delivered = delivered_};
    }

    std::vector<std::string> bodies;

private:
    Encoding encoding_;
    std::uint64_t delivered_ = 0;
};

// The spans of a trace that began here, on a lane and off lanes, and of one that came in.
template <class Encoding>
std::vector<std::string> traceStatesIn(const sidespan::Sampler& sampler, std::string_view incoming,
                                       OtlpRequest (*read)(std::string_view)) {
    sidespan::Config config;
    config.consent = sidespan::Consent::granted;
    config.sampler = sampler;
    sidespan::Recorder<sidespan::ManualClock, BodySink<Encoding>, sidespan::NullLock> recorder(config);
    const std::map<std::string, std::string> request{
        {"traceparent", "00-12345678901234567890123456789012-1234567890123456-01"},
        {"tracestate", std::string(incoming)}};
    auto lane = recorder.openLane();
    {
        auto root = recorder.span("root");
        auto child = root.child("child");
        auto callback = lane.span("callback", child.context());
        auto filter = callback.child("filter");
        auto served = recorder.span("served", recorder.extract(request));
        auto within = served.child("within");
    }
    recorder.flush(std::chrono::seconds(10));
    std::map<std::string, std::string> states;
    for (const auto& body : recorder.sink().bodies) {
        const auto document = read(body);
        for (const auto& span : document.resource_spans(0).scope_spans(0).spans())
            states[span.name()] = span.trace_state();
    }
    std::vector<std::string> list;
    for (const char* name : {"root", "child", "callback", "filter", "served", "within"})
        list.push_back(states.contains(name) ? states[name] : "not there");
    return list;
}

// Both encodings, since they have one document.
TEST(OtlpProtobuf, CarriesTheTraceStateOfEverySpan) {
    using sidespan::Sampler;
    using States = std::vector<std::string>;
    const auto expect = [](const Sampler& sampler, std::string_view incoming, const States& states) {
        EXPECT_EQ(traceStatesIn<OtlpProtobuf>(sampler, incoming, &readProtobuf), states);
        EXPECT_EQ(traceStatesIn<sidespan::OtlpJson>(sampler, incoming, &readJson), states);
    };
    const std::string own = "ot=th:0";
    const auto probability = Sampler::probability(1);
    expect(Sampler::parentBased(probability), "a=\"1\",ot=th:8",
           {own, own, own, own, "a=\"1\",ot=th:8", "a=\"1\",ot=th:8"});
    expect(probability, "a=1,ot=th:8", {own, own, own, own, "ot=th:0,a=1", "ot=th:0,a=1"});
    expect(Sampler(), "a=1", {"", "", "", "", "a=1", "a=1"});
    expect(Sampler(), "", States(6));
}

TEST(OtlpProtobuf, LeavesOutWhatARootDoesNotHave) {
    RecordBuilder builder("x");
    const auto span = encodeAndRead(builder);
    EXPECT_TRUE(span.trace_state().empty());
    EXPECT_TRUE(span.parent_span_id().empty());
    EXPECT_FALSE(span.has_status());
}

TEST(OtlpProtobuf, WritesOkWhereItWasSaidAndWithoutAMessage) {
    RecordBuilder builder("x");
    builder.status(SpanStatus::ok);
    builder.statusMessage("no description goes with it");
    const auto span = encodeAndRead(builder);
    EXPECT_EQ(span.status().code(), 1);
    EXPECT_EQ(span.status().message(), "");
    EXPECT_EQ(span.attributes_size(), 0);
}

TEST(OtlpProtobuf, WritesACancelledSpanAsAnErrorThatSaysSo) {
    RecordBuilder builder("x");
    builder.status(SpanStatus::cancelled);
    const auto span = encodeAndRead(builder);
    EXPECT_EQ(span.status().code(), 2);
    ASSERT_EQ(span.attributes_size(), 1);
    EXPECT_EQ(span.attributes(0).key(), "sidespan.status");
    EXPECT_EQ(span.attributes(0).value().string_value(), "cancelled");
}

TEST(OtlpProtobuf, RepairsTextThatIsNotUtf8) {
    RecordBuilder builder("x");
    builder.text("broken", "a\xffz\xe2\x82");
    builder.text("whole", "Größe");
    builder.status(SpanStatus::error);
    builder.statusMessage("\xc0");
    const auto span = encodeAndRead(builder);
    EXPECT_EQ(span.attributes(0).value().string_value(), "a\xEF\xBF\xBDz\xEF\xBF\xBD");
    EXPECT_EQ(span.attributes(1).value().string_value(), "Größe");
    EXPECT_EQ(span.status().message(), "\xEF\xBF\xBD");
}

TEST(OtlpProtobuf, WritesANameThatWasCopied) {
    RecordBuilder builder("literal");
    builder.integer("number", 1);
    builder.copiedName("first");
    builder.copiedName(
        "GET /gr\xc3\xb6\xc3\x9f"
        "e\"\xff");
    const auto span = encodeAndRead(builder);
    EXPECT_EQ(span.name(),
              "GET /gr\xc3\xb6\xc3\x9f"
              "e\"\xEF\xBF\xBD");
    EXPECT_EQ(span.attributes_size(), 1);
}

TEST(OtlpProtobuf, MakesOneBodyOfManySpans) {
    RandomRecords records(1);
    std::vector<std::vector<std::byte>> several;
    for (int i = 0; i < 300; ++i) several.push_back(records.next());
    OtlpProtobuf encoding;
    const auto request = readProtobuf(bodyOf(encoding, several, loopShare));
    EXPECT_EQ(request.resource_spans(0).scope_spans(0).spans_size(), 300);
    const auto again = readProtobuf(bodyOf(encoding, {several.front()}, loopShare));
    EXPECT_EQ(again.resource_spans(0).scope_spans(0).spans_size(), 1);
}

// What an http sink does with a body that is too large for the server.
TEST(OtlpProtobuf, CanBePutTogetherFromPartsOfABody) {
    RandomRecords records(2);
    std::vector<std::vector<std::byte>> several;
    for (int i = 0; i < 10; ++i) several.push_back(records.next());
    OtlpProtobuf encoding;
    sidespan::TextBuffer out;
    encoding.open(out, loopShare);
    const auto head = out.size();
    std::vector<std::size_t> ends;
    for (const auto& record : several) {
        encoding.append(out, sidespan::SpanView(record.data()));
        ends.push_back(out.size());
    }
    encoding.close(out);
    const std::string whole(out.view());
    std::string second = whole.substr(0, head) + whole.substr(ends[3]);
    OtlpProtobuf::fixLengths(second.data(), second.size());
    const auto request = readProtobuf(second);
    ASSERT_EQ(request.resource_spans(0).scope_spans(0).spans_size(), 6);
    const auto all = readProtobuf(whole);
    EXPECT_EQ(request.resource_spans(0).scope_spans(0).spans(0).SerializeAsString(),
              all.resource_spans(0).scope_spans(0).spans(4).SerializeAsString());
}

TEST(OtlpProtobuf, WritesBehindWhatTheBufferHolds) {
    RecordBuilder builder("x");
    OtlpProtobuf encoding;
    sidespan::TextBuffer out;
    out.append("before");
    encoding.appendObject(out, sidespan::SpanView(builder.finish().data()), loopShare);
    EXPECT_TRUE(out.view().starts_with("before"));
    EXPECT_EQ(onlySpan(readProtobuf(out.view().substr(6))).name(), "x");
}

#if COUNTS_ALLOCATIONS
TEST(OtlpProtobuf, AllocatesNothingInSteadyState) {
    RandomRecords records(3);
    std::vector<std::vector<std::byte>> several;
    for (int i = 0; i < 100; ++i) several.push_back(records.next());
    OtlpProtobuf encoding;
    sidespan::TextBuffer out;
    const auto encode = [&] {
        out.clear();
        encoding.open(out, loopShare);
        for (const auto& record : several) encoding.append(out, sidespan::SpanView(record.data()));
        encoding.close(out);
    };
    encode();
    const auto before = allocationCount();
    encode();
    EXPECT_EQ(allocationCount(), before);
}

template <class Encoding>
std::size_t allocationsOf(const Resource& resource) {
    RecordBuilder builder("x");
    const auto record = builder.finish();
    Encoding encoding;
    sidespan::TextBuffer out;
    const auto encode = [&] {
        out.clear();
        encoding.open(out, resource);
        encoding.append(out, sidespan::SpanView(record.data()));
        encoding.close(out);
        encoding.appendObject(out, sidespan::SpanView(record.data()), resource);
    };
    encode();
    const auto before = allocationCount();
    encode();
    return allocationCount() - before;
}

// All encodings, since they share how they know a resource. NaN is no number that equals itself.
TEST(OtlpProtobuf, AllocatesNothingForAResourceItKnows) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    Resource resource = loopShare;
    resource.attributes = {{"gain", nan},
                           {"gains", std::vector<double>{0.5, nan}},
                           {"tags", std::vector<std::string>{"a text too long to be kept in place", "b"}}};
    EXPECT_EQ(allocationsOf<OtlpProtobuf>(resource), 0U);
    EXPECT_EQ(allocationsOf<sidespan::OtlpJson>(resource), 0U);
    EXPECT_EQ(allocationsOf<sidespan::NativeJson>(resource), 0U);
}
#endif

TEST(OtlpProtobuf, NoticesThatAResourceHasChanged) {
    RecordBuilder builder("x");
    const auto record = builder.finish();
    OtlpProtobuf encoding;
    const auto valueOf = [&](const sidespan::AttributeValue& value) {
        Resource resource = loopShare;
        resource.attributes = {{"own", value}};
        const auto request = readProtobuf(bodyOf(encoding, {record}, resource));
        const auto& attributes = request.resource_spans(0).resource().attributes();
        return attributes.Get(attributes.size() - 1).value().ShortDebugString();
    };
    EXPECT_EQ(valueOf(0.0), "double_value: 0");
    EXPECT_EQ(valueOf(-0.0), "double_value: -0");
    EXPECT_EQ(valueOf("0"), "string_value: \"0\"");
    EXPECT_EQ(valueOf(0), "int_value: 0");
    EXPECT_EQ(valueOf(std::vector<double>{1.0}), "array_value { values { double_value: 1 } }");
    EXPECT_EQ(valueOf(std::vector<double>{1.0, 2.0}),
              "array_value { values { double_value: 1 } values { double_value: 2 } }");
}

}
