#include <sidespan/propagation/extract.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace {

using sidespan::extract;
using sidespan::RemoteContext;
using sidespan::SpanId;
using sidespan::TraceFlags;
using sidespan::TraceId;

using Headers = std::vector<std::pair<std::string, std::string>>;

const std::string parent = "00-0f8fad5bd9cb469fa16570867728950e-00f067aa0ba902b7-00";
const std::string otherUuid = "11111111-2222-4333-8444-555555555555";
constexpr TraceId traceId(0x0f8fad5bd9cb469f, 0xa16570867728950e);
constexpr TraceId otherTraceId(0x1111111122224333, 0x8444555555555555);

RemoteContext extractFrom(const Headers& headers) {
    return extract(headers);
}

TEST(Extract, ReadsTraceparent) {
    const auto remote = extractFrom({{"traceparent", parent}});
    EXPECT_EQ(remote.context.traceId, traceId);
    EXPECT_EQ(remote.context.spanId, SpanId(0x00f067aa0ba902b7));
    EXPECT_EQ(remote.context.flags, TraceFlags::none);
    EXPECT_TRUE(remote.context.isRemote);
}

TEST(Extract, ReadsTheXHeaders) {
    const auto remote = extractFrom({{"X-Trace-ID", otherUuid},
                                     {"X-Span-ID", "b7ad6b7169203331"},
                                     {"X-Parent-Span-ID", "00f067aa0ba902b7"},
                                     {"X-Client-Type", "web"},
                                     {"X-Client-Version", "2.0"},
                                     {"X-Client-Timestamp", "1766012345678"}});
    EXPECT_EQ(remote.context.traceId, otherTraceId);
    EXPECT_EQ(remote.context.spanId, SpanId(0xb7ad6b7169203331));
    EXPECT_TRUE(remote.context.isSampled());
    EXPECT_EQ(remote.parentSpanId, SpanId(0x00f067aa0ba902b7));
    EXPECT_EQ(remote.clientType, sidespan::ClientType::web);
    EXPECT_EQ(remote.clientVersion, "2.0");
    EXPECT_EQ(remote.clientTimestampMs, 1'766'012'345'678);
}

TEST(Extract, GivesTheTraceAloneWhenNoSpanIsNamed) {
    for (const char* spanId : {"", "span-456-ghi", "0000000000000000"}) {
        const auto remote = extractFrom(
            {{"X-Trace-ID", otherUuid}, {"X-Span-ID", spanId}, {"X-Parent-Span-ID", "b7ad6b7169203331"}});
        EXPECT_EQ(remote.context.traceId, otherTraceId);
        EXPECT_FALSE(remote.context.isValid());
        EXPECT_FALSE(remote.parentSpanId.isValid());
    }
}

TEST(Extract, PrefersAValidTraceparent) {
    const Headers x{{"X-Trace-ID", otherUuid},
                    {"X-Span-ID", "b7ad6b7169203331"},
                    {"X-Parent-Span-ID", "00f067aa0ba902b7"}};
    Headers both = x;
    both.emplace_back("traceparent", parent);
    EXPECT_EQ(extractFrom(both).context.traceId, traceId);
    EXPECT_FALSE(extractFrom(both).parentSpanId.isValid()) << "it speaks of another span";
    both.back().second = "00-" + std::string(32, '0') + "-00f067aa0ba902b7-00";
    EXPECT_EQ(extractFrom(both).context.traceId, otherTraceId);
}

TEST(Extract, RefusesATraceparentGivenTwice) {
    EXPECT_FALSE(extractFrom({{"traceparent", parent}, {"Traceparent", parent}}).context.traceId.isValid());
    EXPECT_FALSE(extractFrom({{"traceparent", parent}, {"traceparent", ""}, {"traceparent", parent}})
                     .context.traceId.isValid());
    EXPECT_FALSE(
        extractFrom({{"X-Trace-ID", otherUuid}, {"X-Trace-ID", otherUuid}}).context.traceId.isValid());
}

TEST(Extract, ComparesNamesWithoutRegardToCase) {
    EXPECT_TRUE(extractFrom({{"TRACEPARENT", parent}}).context.isValid());
    EXPECT_TRUE(
        extractFrom({{"x-trace-id", otherUuid}, {"x-SPAN-id", "b7ad6b7169203331"}}).context.isValid());
    EXPECT_FALSE(extractFrom({{"traceparent2", parent}, {"traceparen", parent}}).context.isValid());
}

TEST(Extract, CombinesListsGivenInSeveralHeaders) {
    const auto remote = extractFrom({{"tracestate", "a=1"},
                                     {"baggage", "x=1"},
                                     {"traceparent", parent},
                                     {"tracestate", "b=2"},
                                     {"baggage", "y=2"}});
    EXPECT_EQ(remote.traceState.text(), "a=1,b=2");
    EXPECT_EQ(remote.baggage.text(), "x=1,y=2");
}

TEST(Extract, DropsABadTracestateAndKeepsTraceparent) {
    const auto remote = extractFrom({{"traceparent", parent}, {"tracestate", "a=1,A=2"}});
    EXPECT_TRUE(remote.context.isValid());
    EXPECT_TRUE(remote.traceState.isEmpty());
}

TEST(Extract, DropsTracestateWithoutAValidTraceparent) {
    EXPECT_TRUE(extractFrom({{"traceparent", "nonsense"}, {"tracestate", "a=1"}}).traceState.isEmpty());
    EXPECT_TRUE(
        extractFrom({{"X-Trace-ID", otherUuid}, {"X-Span-ID", "b7ad6b7169203331"}, {"tracestate", "a=1"}})
            .traceState.isEmpty());
}

TEST(Extract, IsBoundedWhateverComes) {
    Headers headers{{"traceparent", parent}, {"X-Client-Version", std::string(1 << 20, 'v')}};
    for (int i = 0; i < 10'000; ++i) {
        headers.emplace_back("tracestate", "k" + std::to_string(i) + "=" + std::string(250, 'v'));
        headers.emplace_back("baggage", "k" + std::to_string(i) + "=" + std::string(250, 'v'));
    }
    const auto remote = extractFrom(headers);
    EXPECT_TRUE(remote.context.isValid());
    EXPECT_TRUE(remote.traceState.isEmpty());
    EXPECT_LE(remote.baggage.text().size(), sidespan::Baggage::maxBytes);
    EXPECT_EQ(remote.clientVersion, "");
}

TEST(Extract, TakesTheLongestTracestateThereCanBe) {
    std::string state;
    for (int i = 0; i < 32; ++i) {
        std::string key(256, 'k');
        key.replace(0, 2, std::to_string(10 + i));
        state += (i == 0 ? "" : ",") + key + "=" + std::string(256, 'v');
    }
    EXPECT_EQ(extractFrom({{"traceparent", parent}, {"tracestate", state}}).traceState.text(), state);
}

TEST(Extract, LeavesOutWhatIsMalformed) {
    for (const char* value : {"-1", "1.5", "soon", "99999999999999999999", "1 2", ""}) {
        EXPECT_FALSE(extractFrom({{"X-Client-Timestamp", value}}).clientTimestampMs) << value;
    }
    EXPECT_FALSE(extractFrom({{"X-Client-Type", "fridge"}}).clientType);
    EXPECT_EQ(extractFrom({{"X-Client-Version", "a\nb"}}).clientVersion, "");
    EXPECT_EQ(extractFrom({{"X-Client-Version", std::string(33, '1')}}).clientVersion, "");
    EXPECT_FALSE(extractFrom({}).context.traceId.isValid());
}

TEST(Extract, ReadsTheHeadersOfItsPropagatorsAlone) {
    using sidespan::Propagators;
    const Headers all{{"traceparent", parent},
                      {"tracestate", "a=1"},
                      {"baggage", "b=2"},
                      {"X-Trace-ID", otherUuid},
                      {"X-Span-ID", "b7ad6b7169203331"},
                      {"X-Client-Type", "web"}};
    const auto w3c = extract(all, Propagators::traceContext);
    EXPECT_EQ(w3c.context.traceId, traceId);
    EXPECT_EQ(w3c.traceState.text(), "a=1");
    EXPECT_TRUE(w3c.baggage.isEmpty());
    EXPECT_FALSE(w3c.clientType);
    const auto x = extract(all, Propagators::xHeaders | Propagators::baggage);
    EXPECT_EQ(x.context.traceId, otherTraceId);
    EXPECT_TRUE(x.traceState.isEmpty());
    EXPECT_EQ(x.baggage.text(), "b=2");
    EXPECT_FALSE(extract(all, Propagators::none).context.traceId.isValid());
}

TEST(Extract, AsksALookup) {
    const std::map<std::string, std::string, std::less<>> fields{{"traceparent", parent}, {"baggage", "a=1"}};
    const auto asOptional = [&](std::string_view name) -> std::optional<std::string_view> {
        const auto found = fields.find(name);
        return found == fields.end() ? std::nullopt : std::optional<std::string_view>(found->second);
    };
    const auto asPointer = [&](std::string_view name) -> const std::string* {
        const auto found = fields.find(name);
        return found == fields.end() ? nullptr : &found->second;
    };
    EXPECT_EQ(extract(asOptional).context.traceId, traceId);
    EXPECT_EQ(extract(asPointer).baggage.get("a"), "1");
    EXPECT_EQ(extract(fields).context.traceId, traceId);
}

}
