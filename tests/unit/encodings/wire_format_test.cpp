#include <algorithm>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan/native_json/native_json.h>
#include <sidespan/span.h>
#include <sidespan/span_id.h>
#include <sidespan/span_view.h>
#include <sidespan/trace_id.h>
#include <boost/json/serialize.hpp>

#include "record_builder.h"
#include "support/wire_vectors.h"

/// docs/wire-format.md's vectors, against the DOM and the encoder.
namespace {

namespace bj = boost::json;
using sidespan::Span;
using sidespan::testing::wireVectors;

std::string aboutOf(const bj::value& vector) {
    return bj::serialize(vector.at("about"));
}

/// A span as the recording side would have recorded it.
class WireRecord {
public:
    explicit WireRecord(const Span& span) : builder_(span.name) {
        const auto trace = *sidespan::TraceId::parse(span.traceId);
        auto& item = builder_.item();
        item.name = span.name.data();
        item.start = span.startTimeUnixNano;
        item.end = span.endTimeUnixNano;
        item.spanId = sidespan::SpanId::parse(span.spanId)->value();
        item.parentId = span.parentSpanId.empty() ? 0 : sidespan::SpanId::parse(span.parentSpanId)->value();
        item.traceHigh = trace.high();
        item.traceLow = trace.low();
        builder_.copiedName(span.name);
        builder_.status(*sidespan::parseSpanStatus(span.status));
        builder_.kind(*sidespan::parseSpanKind(span.kind));
        if (!span.statusMessage.empty()) builder_.statusMessage(span.statusMessage);
        if (span.droppedAttributes + span.droppedEvents + span.droppedLinks != 0)
            builder_.dropped(span.droppedAttributes, span.droppedEvents, span.droppedLinks);
        addParts(span);
        resource_ = {{span.serviceName, span.clientVersion}, *sidespan::parseClientType(span.clientType)};
    }

    std::string json() {
        sidespan::NativeJson encoding;
        sidespan::TextBuffer out;
        encoding.appendObject(out, sidespan::SpanView(builder_.finish().data()), resource_);
        return std::string(out.view());
    }

private:
    void addParts(const Span& span) {
        add(span.attributes, 0);
        for (const auto& event : span.events) {
            builder_.event(event.name, event.timeUnixNano);
            add(event.attributes, sidespan::detail::ofEventFlag);
        }
        for (const auto& link : span.links) {
            const auto trace = *sidespan::TraceId::parse(link.traceId);
            builder_.link(trace.high(), trace.low(), sidespan::SpanId::parse(link.spanId)->value(),
                          link.flags);
            add(link.attributes, sidespan::detail::ofLinkFlag);
        }
    }
    void add(const sidespan::Attributes& attributes, std::uint8_t flags) {
        for (const auto& entry : attributes) {
            entry.second.visit([&](const auto& value) { add(entry.first, value, flags); });
        }
    }
    void add(std::string_view key, const std::string& text, std::uint8_t flags) {
        builder_.text(key, text, flags);
    }
    void add(std::string_view key, std::int64_t number, std::uint8_t flags) {
        builder_.integer(key, number, flags);
    }
    void add(std::string_view key, double number, std::uint8_t flags) { builder_.real(key, number, flags); }
    void add(std::string_view key, bool value, std::uint8_t flags) { builder_.boolean(key, value, flags); }
    template <class T>
    void add(std::string_view key, const std::vector<T>& values, std::uint8_t flags) {
        using Type = sidespan::AttributeArrayView::Type;
        constexpr auto type = std::is_same_v<T, bool>     ? Type::boolean
                              : std::is_same_v<T, double> ? Type::real
                              : std::is_integral_v<T>     ? Type::integer
                                                          : Type::text;
        std::string elements;
        for (const T& value : values) append(elements, value);
        builder_.array(key, type, values.size(), elements, flags);
    }
    template <class T>
    static void append(std::string& bytes, const T& value) {
        bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    static void append(std::string& bytes, const std::string& text) {
        append(bytes, static_cast<std::uint16_t>(text.size()));
        bytes += text;
    }

    RecordBuilder builder_;
    sidespan::Resource resource_;
};

// The names of the recording side are literals without quotes, in ASCII.
bool isLiteral(std::string_view key) {
    return std::ranges::all_of(key, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

bool canBeRecorded(const Span& span) {
    const auto areLiterals = [](const sidespan::Attributes& attributes) {
        return std::ranges::all_of(attributes, [](const auto& entry) { return isLiteral(entry.first); });
    };
    return areLiterals(span.attributes) && std::ranges::all_of(span.events, [&](const auto& event) {
               return isLiteral(event.name) && areLiterals(event.attributes);
           });
}

TEST(WireFormat, SpansAreReadAsTheVectorsSay) {
    const auto vectors = wireVectors("spans.json");
    ASSERT_GE(vectors.size(), 19U);
    for (const auto& vector : vectors) {
        const auto span = Span::fromJson(vector.at("span"));
        EXPECT_EQ(span.toJson(), vector.at("stored")) << aboutOf(vector);
        EXPECT_EQ(Span::fromJson(vector.at("stored")), span) << aboutOf(vector);
    }
}

TEST(WireFormat, SpansAreWrittenAsTheVectorsSay) {
    std::size_t written = 0;
    for (const auto& vector : wireVectors("spans.json")) {
        const auto span = Span::fromJson(vector.at("stored"));
        if (!canBeRecorded(span)) continue;
        ++written;
        const auto text = WireRecord(span).json();
        EXPECT_EQ(sidespan::parseJson(text), vector.at("stored")) << aboutOf(vector) << text;
    }
    EXPECT_GE(written, 18U);
}

TEST(WireFormat, SpansAreRejectedForTheReasonThatTheVectorsSay) {
    const auto vectors = wireVectors("rejected.json");
    ASSERT_GE(vectors.size(), 36U);
    for (const auto& vector : vectors) {
        try {
            (void)Span::fromJson(vector.at("span"));
            ADD_FAILURE() << "was taken: " << aboutOf(vector);
        } catch (const std::invalid_argument& error) {
            EXPECT_EQ(vector.at("reason"), error.what()) << aboutOf(vector);
        }
    }
}

}
