#include <sidespan/propagation/inject.h>

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sidespan/propagation/extract.h>

namespace {

using sidespan::Consent;
using sidespan::inject;
using sidespan::SpanContext;
using sidespan::SpanId;
using sidespan::TraceFlags;
using sidespan::TraceId;
using testing::ElementsAre;
using testing::Pair;

using HeaderMap = std::map<std::string, std::string>;

constexpr SpanContext current{.traceId = TraceId(0x0f8fad5bd9cb469f, 0xa16570867728950e),
                              .spanId = SpanId(0x00f067aa0ba902b7),
                              .flags = TraceFlags::sampled};

TEST(Inject, AddsEveryHeaderThatHasSomethingToSay) {
    HeaderMap headers;
    const auto state = *sidespan::TraceState::parse("rojo=1");
    const auto baggage = sidespan::Baggage::parse("plan=pro");
    inject(current, headers,
           {.clientType = sidespan::ClientType::cli,
            .clientVersion = "1.2.0",
            .parentSpanId = SpanId(0xb7ad6b7169203331),
            .traceState = &state,
            .baggage = &baggage,
            .timestampMs = 1'766'012'345'678});
    EXPECT_THAT(
        headers,
        ElementsAre(Pair("X-Client-Timestamp", "1766012345678"), Pair("X-Client-Type", "cli"),
                    Pair("X-Client-Version", "1.2.0"), Pair("X-Parent-Span-ID", "b7ad6b7169203331"),
                    Pair("X-Span-ID", "00f067aa0ba902b7"),
                    Pair("X-Trace-ID", "0f8fad5b-d9cb-469f-a165-70867728950e"), Pair("baggage", "plan=pro"),
                    Pair("traceparent", "00-0f8fad5bd9cb469fa16570867728950e-00f067aa0ba902b7-01"),
                    Pair("tracestate", "rojo=1")));
}

TEST(Inject, LeavesOutWhatIsEmpty) {
    HeaderMap headers;
    const sidespan::TraceState state;
    const sidespan::Baggage baggage;
    inject(current, headers, {.traceState = &state, .baggage = &baggage});
    EXPECT_EQ(headers.size(), 5U);
    EXPECT_FALSE(headers.contains("X-Client-Version"));
    EXPECT_FALSE(headers.contains("X-Parent-Span-ID"));
}

TEST(Inject, CallsASetter) {
    std::vector<std::string> names;
    inject(current, [&](std::string_view name, std::string_view) { names.emplace_back(name); });
    EXPECT_THAT(names,
                ElementsAre("X-Trace-ID", "X-Client-Type", "X-Client-Timestamp", "X-Span-ID", "traceparent"));
}

TEST(Inject, ReplacesHeadersOfAnotherCase) {
    HeaderMap headers{{"TraceParent", "stale"}, {"x-trace-id", "stale"}, {"Accept", "*/*"}};
    inject(current, headers);
    EXPECT_FALSE(headers.contains("TraceParent"));
    EXPECT_FALSE(headers.contains("x-trace-id"));
    EXPECT_EQ(headers.at("X-Trace-ID"), "0f8fad5b-d9cb-469f-a165-70867728950e");
    EXPECT_EQ(headers.at("Accept"), "*/*");
}

TEST(Inject, AddsNothingBeforeConsentIsGranted) {
    const Consent consent;
    const auto count = [&] {
        HeaderMap headers;
        inject(current, headers, {.consent = consent});
        return headers.size();
    };
    EXPECT_EQ(count(), 0U);
    Consent(consent).set(Consent::granted);
    EXPECT_EQ(count(), 5U);
    Consent(consent).set(Consent::denied);
    EXPECT_EQ(count(), 0U);
}

TEST(Inject, ReplacesWhatAnEarlierTraceLeft) {
    HeaderMap headers;
    const auto state = *sidespan::TraceState::parse("rojo=1");
    const auto baggage = sidespan::Baggage::parse("plan=pro");
    inject(current, headers,
           {.clientVersion = "1", .parentSpanId = SpanId(7), .traceState = &state, .baggage = &baggage});
    headers.emplace("Accept", "*/*");
    inject(current, headers);
    for (const char* left : {"tracestate", "baggage", "X-Parent-Span-ID", "X-Client-Version"})
        EXPECT_FALSE(headers.contains(left)) << left;
    inject(current, headers, {.consent = Consent()});
    EXPECT_THAT(headers, ElementsAre(Pair("Accept", "*/*")));
}

TEST(Inject, WritesTheHeadersOfItsPropagatorsAlone) {
    using sidespan::Propagators;
    const auto state = *sidespan::TraceState::parse("rojo=1");
    const auto baggage = sidespan::Baggage::parse("plan=pro");
    const auto injected = [&](Propagators propagators) {
        HeaderMap headers;
        inject(current, headers,
               {.propagators = propagators, .traceState = &state, .baggage = &baggage, .timestampMs = 1});
        return headers;
    };
    EXPECT_THAT(injected(Propagators::traceContext),
                ElementsAre(Pair("traceparent", testing::_), Pair("tracestate", "rojo=1")));
    EXPECT_THAT(injected(Propagators::baggage), ElementsAre(Pair("baggage", "plan=pro")));
    EXPECT_EQ(injected(Propagators::xHeaders).size(), 4U);
    EXPECT_EQ(injected(Propagators::traceContext | Propagators::xHeaders).size(), 6U);
    EXPECT_TRUE(injected(Propagators::none).empty());
}

// The X-headers have no flags: who reads them takes the span for recorded.
TEST(Inject, NamesNoSpanThatIsNotSampledByXHeadersAlone) {
    SpanContext context = current;
    context.flags = TraceFlags::none;
    HeaderMap headers;
    inject(context, headers, {.propagators = sidespan::Propagators::xHeaders, .parentSpanId = SpanId(7)});
    EXPECT_TRUE(headers.contains("X-Trace-ID"));
    EXPECT_FALSE(headers.contains("X-Span-ID"));
    EXPECT_FALSE(headers.contains("X-Parent-Span-ID"));
    inject(context, headers);
    EXPECT_FALSE(sidespan::extract(headers).context.isSampled());
    EXPECT_EQ(sidespan::extract(headers).context.spanId, current.spanId);
}

TEST(Inject, PassesOnBaggageThatCameWithoutATrace) {
    const auto remote = sidespan::extract(HeaderMap{{"baggage", "plan=pro"}});
    HeaderMap headers;
    inject(remote, headers);
    EXPECT_THAT(headers, ElementsAre(Pair("baggage", "plan=pro")));
    inject(current, headers, {.received = &remote});
    EXPECT_EQ(headers.at("baggage"), "plan=pro");
}

TEST(Inject, AddsNothingForAContextThatNamesNoTrace) {
    HeaderMap headers;
    inject(SpanContext{}, headers);
    inject(SpanContext{.traceId = {}, .spanId = current.spanId}, headers);
    EXPECT_TRUE(headers.empty());
}

TEST(Inject, NamesTheTraceAloneWhenThereIsNoSpan) {
    HeaderMap headers;
    const auto state = *sidespan::TraceState::parse("rojo=1");
    inject(SpanContext{.traceId = current.traceId, .spanId = {}}, headers,
           {.parentSpanId = SpanId(7), .traceState = &state});
    EXPECT_EQ(headers.size(), 3U);
    EXPECT_EQ(sidespan::extract(headers).context.traceId, current.traceId);
    EXPECT_FALSE(sidespan::extract(headers).context.isValid());
}

TEST(Inject, RefusesControlCharactersInValues) {
    for (const char* version : {"1.0\r\nX-Evil: 1", "1\n", "\x7f", "1\x01"}) {
        HeaderMap headers;
        inject(current, headers, {.clientVersion = version});
        EXPECT_FALSE(headers.contains("X-Client-Version"));
        EXPECT_EQ(headers.size(), 5U);
    }
}

TEST(Inject, StampsTheTimeByItself) {
    HeaderMap headers;
    inject(current, headers);
    EXPECT_GT(std::stoll(headers.at("X-Client-Timestamp")), 1'700'000'000'000);
}

TEST(Inject, LetsTheCarrierThrow) {
    EXPECT_THROW(
        inject(current, [](std::string_view, std::string_view) { throw std::runtime_error("full"); }),
        std::runtime_error);
}

TEST(Inject, IsReadBackByExtract) {
    HeaderMap headers;
    const auto state = *sidespan::TraceState::parse("rojo=1,congo=2");
    const auto baggage = sidespan::Baggage::parse("plan=pro");
    inject(current, headers,
           {.clientVersion = "1.2.0",
            .parentSpanId = SpanId(7),
            .traceState = &state,
            .baggage = &baggage,
            .timestampMs = 5});
    const auto remote = sidespan::extract(headers);
    EXPECT_EQ(remote.context.traceId, current.traceId);
    EXPECT_EQ(remote.context.spanId, current.spanId);
    EXPECT_EQ(remote.context.flags, current.flags);
    EXPECT_TRUE(remote.context.isRemote);
    EXPECT_EQ(remote.parentSpanId, SpanId(7));
    EXPECT_EQ(remote.traceState, state);
    EXPECT_EQ(remote.baggage, baggage);
    EXPECT_EQ(remote.clientType, sidespan::ClientType::plugin);
    EXPECT_EQ(remote.clientVersion, "1.2.0");
    EXPECT_EQ(remote.clientTimestampMs, 5);
}

}
