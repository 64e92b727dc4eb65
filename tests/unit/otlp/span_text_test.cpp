#include <sidespan/otlp_reader/span_text.h>

#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>
#include <sidespan/json/parse_json.h>
#include <sidespan/otlp/otlp_protobuf.h>
#include <sidespan/otlp_reader/otlp_reader.h>
#include <sidespan/span.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "otlp_document.h"
#include "random_records.h"

namespace {

namespace bj = boost::json;
using sidespan::Span;
using sidespan::SpanSource;
using sidespan::SpanText;

const sidespan::Resource host{{"LoopShare", "1.2.0"}, sidespan::ClientType::plugin};

bj::value partOf(const std::string& text, bj::value otherwise) {
    return text.empty() ? otherwise : sidespan::parseJson(text);
}

Span toSpan(const SpanText& text, const SpanSource& source) {
    bj::object json{{"traceId", text.traceId},
                    {"spanId", text.spanId},
                    {"parentSpanId", text.parentSpanId},
                    {"name", text.name},
                    {"kind", text.kind},
                    {"status", text.status},
                    {"statusMessage", text.statusMessage},
                    {"startTimeUnixNano", std::to_string(text.startUnixNano)},
                    {"endTimeUnixNano", std::to_string(text.endUnixNano)},
                    {"attributes", partOf(text.attributes, bj::object())},
                    {"events", partOf(text.events, bj::array())},
                    {"links", partOf(text.links, bj::array())},
                    {"droppedAttributes", text.droppedAttributes},
                    {"droppedEvents", text.droppedEvents},
                    {"droppedLinks", text.droppedLinks},
                    {"serviceName", source.serviceName},
                    {"clientVersion", source.clientVersion},
                    {"clientType", source.clientType},
                    {"traceState", text.traceState}};
    return Span::fromJson(json);
}

// The spans of a body that native JSON's rules take, by the general reader alone or by both.
struct Spans {
    std::vector<Span> spans;
    std::size_t asText = 0;
    bool isBroken = false;
};

Spans readBody(std::string_view body, bool takesText) {
    Spans read;
    const auto take = [&](bj::object json) {
        try {
            read.spans.push_back(Span::fromJson(json));
        } catch (const std::invalid_argument&) {
        }
    };
    const auto takeText = [&](const SpanText& text, const SpanSource& source) {
        read.spans.push_back(toSpan(text, source));
        EXPECT_EQ(text.attributeCount, read.spans.back().attributes.size());
        EXPECT_EQ(text.eventCount, read.spans.back().events.size());
        EXPECT_EQ(text.linkCount, read.spans.back().links.size());
        ++read.asText;
    };
    try {
        takesText ? sidespan::readOtlpProtobuf(body, take, takeText) : sidespan::readOtlpProtobuf(body, take);
    } catch (const std::invalid_argument&) {
        read.isBroken = true;
    }
    return read;
}

std::size_t expectTheSame(std::string_view body) {
    const auto general = readBody(body, false);
    const auto both = readBody(body, true);
    EXPECT_EQ(both.isBroken, general.isBroken);
    EXPECT_EQ(both.spans, general.spans);
    return both.asText;
}

sidespan_test::Span& addUsualSpan(OtlpRequest& request) {
    auto& span = *request.add_resource_spans()->add_scope_spans()->add_spans();
    span.set_trace_id(std::string(16, '\x1a'));
    span.set_span_id(std::string(8, '\x2b'));
    span.set_name("GET /loops");
    span.set_start_time_unix_nano(1'766'012'345'000'000'000);
    span.set_end_time_unix_nano(1'766'012'346'000'000'000);
    return span;
}

std::size_t textsOf(const OtlpRequest& request) {
    return expectTheSame(request.SerializeAsString());
}

TEST(SpanTextReader, ReadsRandomSpansAsTheGeneralReaderDoes) {
    RandomRecords records(23);
    sidespan::OtlpProtobuf encoding;
    std::size_t asText = 0;
    for (int i = 0; i < 10'000; ++i) asText += expectTheSame(bodyOf(encoding, {records.next()}, host));
    EXPECT_GT(asText, 1'000U);
}

TEST(SpanTextReader, ReadsDamagedBodiesAsTheGeneralReaderDoes) {
    RandomRecords records(29);
    sidespan::OtlpProtobuf encoding;
    std::mt19937_64 random(31);
    std::size_t asText = 0;
    for (int i = 0; i < 5'000; ++i) {
        auto body = bodyOf(encoding, {records.next(), records.next()}, host);
        for (auto changes = 1 + random() % 4; changes > 0; --changes)
            body[random() % body.size()] = static_cast<char>(random());
        asText += expectTheSame(body);
    }
    EXPECT_GT(asText, 100U);
}

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::UnknownFieldSet;

constexpr std::string_view wireTypes[]{"varint", "fixed64", "bytes", "group", "fixed32"};

std::string_view wireTypeOf(const FieldDescriptor& field) {
    switch (field.type()) {
        case FieldDescriptor::TYPE_STRING:
        case FieldDescriptor::TYPE_BYTES:
        case FieldDescriptor::TYPE_MESSAGE:
            return "bytes";
        case FieldDescriptor::TYPE_FIXED64:
        case FieldDescriptor::TYPE_DOUBLE:
            return "fixed64";
        case FieldDescriptor::TYPE_FIXED32:
            return "fixed32";
        default:
            return "varint";
    }
}

void addField(UnknownFieldSet& to, int number, std::string_view wireType) {
    if (wireType == "varint") to.AddVarint(number, 3);
    if (wireType == "fixed64") to.AddFixed64(number, 3);
    if (wireType == "fixed32") to.AddFixed32(number, 3);
    if (wireType == "bytes") to.AddLengthDelimited(number, "three");
    if (wireType == "group") to.AddGroup(number)->AddVarint(number, 3);
}

// Gives the message, and each in it, each of its fields as each wrong type in turn, and calls `expect`.
template <class Expect>
void withEachWrongType(Message& message, const Expect& expect) {
    const auto& reflection = *message.GetReflection();
    const auto& description = *message.GetDescriptor();
    for (int i = 0; i < description.field_count(); ++i) {
        const auto& field = *description.field(i);
        for (const auto wireType : wireTypes) {
            if (wireType == wireTypeOf(field)) continue;
            auto& strange = *reflection.MutableUnknownFields(&message);
            addField(strange, field.number(), wireType);
            SCOPED_TRACE(field.full_name() + " as " + std::string(wireType));
            expect();
            strange.Clear();
        }
        if (field.type() != FieldDescriptor::TYPE_MESSAGE) continue;
        if (!field.is_repeated()) {
            if (reflection.HasField(message, &field))
                withEachWrongType(*reflection.MutableMessage(&message, &field), expect);
            continue;
        }
        for (int k = 0; k < reflection.FieldSize(message, &field); ++k)
            withEachWrongType(*reflection.MutableRepeatedMessage(&message, &field, k), expect);
    }
}

// Google's parsers keep such a field as an unknown one.
TEST(SpanTextReader, SkipsAKnownFieldOfAnotherTypeAsTheGeneralReaderDoes) {
    RandomRecords records(37);
    sidespan::OtlpProtobuf encoding;
    auto request = readProtobuf(bodyOf(encoding, {records.next(), records.next(), records.next()}, host));
    auto& map = *request.mutable_resource_spans(0)->mutable_resource()->add_attributes();
    map.set_key("map");
    map.mutable_value()->mutable_kvlist_value()->add_values()->set_key("in it");
    const auto before = readBody(request.SerializeAsString(), false);
    ASSERT_FALSE(before.spans.empty());
    withEachWrongType(request, [&] {
        for (const bool takesText : {false, true}) {
            const auto read = readBody(request.SerializeAsString(), takesText);
            ASSERT_FALSE(read.isBroken);
            ASSERT_EQ(read.spans, before.spans);
        }
    });
}

TEST(SpanTextReader, TakesASpanWithAllThatIsUsual) {
    OtlpRequest request;
    auto& span = addUsualSpan(request);
    span.set_parent_span_id(std::string(8, '\x3c'));
    span.set_kind(2);
    const auto add = [](auto& owner, const char* key) -> sidespan_test::AnyValue& {
        auto& attribute = *owner.add_attributes();
        attribute.set_key(key);
        return *attribute.mutable_value();
    };
    add(span, "text").set_string_value("a \"quoted\" line\n");
    add(span, "yes").set_bool_value(true);
    add(span, "number").set_int_value(-9'223'372'036'854'775'807 - 1);
    add(span, "real").set_double_value(0.1);
    add(span, "whole").set_double_value(3);
    auto& event = *span.add_events();
    event.set_name("started");
    event.set_time_unix_nano(1'766'012'345'500'000'000);
    add(event, "step").set_int_value(1);
    auto& link = *span.add_links();
    link.set_trace_id(std::string(16, '\x4d'));
    link.set_span_id(std::string(8, '\x5e'));
    link.set_flags(0x101);
    add(link, "why").set_string_value("retry");
    span.mutable_status()->set_message("too late");
    span.mutable_status()->set_code(2);
    EXPECT_EQ(textsOf(request), 1U);
}

TEST(SpanTextReader, SaysTraceStateFlagsAndScope) {
    OtlpRequest request;
    auto& span = addUsualSpan(request);
    span.set_trace_state("ot=th:8,a=\xff");
    span.set_flags(0x301);
    auto& resourceSpans = *request.mutable_resource_spans(0);
    resourceSpans.mutable_scope_spans(0)->mutable_scope()->set_name("http");
    *resourceSpans.add_scope_spans()->add_spans() = span;
    EXPECT_EQ(textsOf(request), 2U);
    std::vector<std::string> scopes;
    sidespan::readOtlpProtobuf(
        request.SerializeAsString(), [](const bj::object&) { FAIL() << "it is usual"; },
        [&](const SpanText& text, const SpanSource& source) {
            EXPECT_EQ(text.traceState, "ot=th:8,a=\xef\xbf\xbd");
            EXPECT_EQ(text.flags, 0x301U);
            scopes.push_back(source.scope ? *source.scope : "none");
        });
    EXPECT_EQ(scopes, (std::vector<std::string>{R"({"name":"http"})", "none"}));
}

TEST(SpanTextReader, TellsAnOkThatWasSaidFromNone) {
    OtlpRequest request;
    for (const int code : {0, 1, 2}) addUsualSpan(request).mutable_status()->set_code(code);
    std::vector<bool> areOk;
    sidespan::readOtlpProtobuf(
        request.SerializeAsString(), [](const bj::object&) { FAIL() << "it is usual"; },
        [&](const SpanText& text, const SpanSource&) { areOk.push_back(text.hasOkStatus); });
    EXPECT_EQ(areOk, (std::vector{false, true, false}));
}

TEST(SpanTextReader, LeavesWhatIsUnusualToTheGeneralReader) {
    const std::vector<void (*)(sidespan_test::Span&)> changes{
        [](auto& span) { span.set_trace_id(std::string(16, '\0')); },
        [](auto& span) { span.set_span_id("short"); },
        [](auto& span) { span.set_parent_span_id(span.span_id()); },
        [](auto& span) { span.set_name(""); },
        [](auto& span) { span.set_name(std::string(256, 'n')); },
        [](auto& span) { span.set_end_time_unix_nano(1); },
        [](auto& span) { span.set_start_time_unix_nano(~std::uint64_t{0}); },
        [](auto& span) { span.add_attributes()->set_key("without a value"); },
        [](auto& span) { span.add_attributes()->mutable_value()->set_bool_value(true); },
        [](auto& span) {
            for (int i = 0; i < 2; ++i) {
                auto& attribute = *span.add_attributes();
                attribute.set_key("twice");
                attribute.mutable_value()->set_int_value(i);
            }
        },
        [](auto& span) {
            auto& attribute = *span.add_attributes();
            attribute.set_key("bytes");
            attribute.mutable_value()->set_bytes_value("\xff");
        },
        [](auto& span) {
            auto& attribute = *span.add_attributes();
            attribute.set_key("sidespan.status");
            attribute.mutable_value()->set_string_value("cancelled");
            span.mutable_status()->set_code(2);
        },
        [](auto& span) {
            for (int i = 0; i < 129; ++i) {
                auto& attribute = *span.add_attributes();
                attribute.set_key("key " + std::to_string(i));
                attribute.mutable_value()->set_int_value(i);
            }
        },
        [](auto& span) { span.add_events(); },
        [](auto& span) { span.add_links(); },
        [](auto& span) {
            auto& link = *span.add_links();
            link.set_trace_id(span.trace_id());
            link.set_span_id(span.span_id());
            link.set_trace_state("a=b");
        },
        [](auto& span) { span.mutable_status()->set_message(std::string(65'537, 'm')); }};
    for (std::size_t i = 0; i < changes.size(); ++i) {
        OtlpRequest request;
        changes[i](addUsualSpan(request));
        EXPECT_EQ(textsOf(request), 0U) << "change " << i;
    }
}

// A name that is too long for the database is the source's, so each of its spans would be refused.
TEST(SpanTextReader, KnowsAServiceByTheFirst255CharactersOfItsName) {
    for (const std::size_t size : {std::size_t{255}, std::size_t{256}, std::size_t{70'000}}) {
        OtlpRequest request;
        addUsualSpan(request);
        auto& attribute = *request.mutable_resource_spans(0)->mutable_resource()->add_attributes();
        attribute.set_key("service.name");
        attribute.mutable_value()->set_string_value(std::string(size, 's'));
        for (const bool takesText : {false, true}) {
            const auto read = readBody(request.SerializeAsString(), takesText);
            ASSERT_EQ(read.spans.size(), 1U) << size;
            EXPECT_EQ(read.spans[0].serviceName, std::string(255, 's'));
            EXPECT_EQ(read.asText, takesText ? 1U : 0U);
        }
    }
}

}
