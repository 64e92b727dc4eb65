#include <sidespan/classic/trace_context.h>

#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <sidespan/propagation/extract.h>
#include <sidespan/trace_id.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace {

using sidespan::Consent;
using sidespan::TraceContext;

const std::string uuid = "0f8fad5b-d9cb-469f-a165-70867728950e";

TEST(TraceContext, MakesAVersion4UuidOfItsOwn) {
    std::set<std::string> ids;
    for (int i = 0; i < 1000; ++i) {
        const std::string id = TraceContext().getTraceId();
        ASSERT_EQ(id.size(), 36U);
        ASSERT_EQ(id[14], '4');
        ASSERT_NE(std::string("89ab").find(id[19]), std::string::npos);
        ids.insert(id);
    }
    EXPECT_EQ(ids.size(), 1000U);
}

TEST(TraceContext, KeepsItsTraceId) {
    TraceContext context;
    const std::string id = context.getTraceId();
    context.pushSpan("00f067aa0ba902b7");
    EXPECT_EQ(context.getTraceId(), id);
    context.popSpan();
    EXPECT_EQ(context.getTraceId(), id);
    EXPECT_NE(TraceContext().getTraceId(), id);
}

TEST(TraceContext, GoesOnWithATraceIdInEitherForm) {
    EXPECT_EQ(TraceContext(uuid).getTraceId(), uuid);
    EXPECT_EQ(TraceContext("0F8FAD5BD9CB469FA16570867728950E").getTraceId(), uuid);
    EXPECT_THROW(TraceContext("abc-123-def"), std::invalid_argument);
    EXPECT_THROW(TraceContext(""), std::invalid_argument);
}

TEST(TraceContext, InventsNoSpanId) {
    TraceContext context;
    EXPECT_EQ(context.getCurrentSpanId(), "");
    EXPECT_EQ(context.getParentSpanId(), "");
    EXPECT_EQ(context.popSpan(), "");
    const auto headers = context.getHttpHeaders();
    EXPECT_EQ(headers.at("X-Trace-ID"), context.getTraceId());
    for (const char* name : {"X-Span-ID", "X-Parent-Span-ID", "traceparent"})
        EXPECT_FALSE(headers.contains(name)) << name;
}

TEST(TraceContext, KeepsAStackOfSpans) {
    TraceContext context;
    context.pushSpan("0000000000000001");
    context.pushSpan("0000000000000002");
    EXPECT_EQ(context.getCurrentSpanId(), "0000000000000002");
    EXPECT_EQ(context.getParentSpanId(), "0000000000000001");
    EXPECT_EQ(context.popSpan(), "0000000000000001");
    EXPECT_EQ(context.getParentSpanId(), "");
    EXPECT_EQ(context.popSpan(), "");
}

TEST(TraceContext, KeepsPushAndPopInStepWhateverIsPushed) {
    TraceContext context;
    context.pushSpan("0000000000000001");
    context.pushSpan("span-456-ghi");
    EXPECT_EQ(context.getCurrentSpanId(), "0000000000000001");
    EXPECT_EQ(context.popSpan(), "0000000000000001");
    EXPECT_EQ(context.popSpan(), "");
}

TEST(TraceContext, TellsAServerWhereToGoOn) {
    TraceContext context(uuid, {.clientType = sidespan::ClientType::cli, .clientVersion = "1.2.0"});
    context.pushSpan("0000000000000001");
    context.pushSpan("0000000000000002");
    auto headers = context.getHttpHeaders();
    EXPECT_GT(std::stoll(headers.at("X-Client-Timestamp")), 1'700'000'000'000);
    headers.erase("X-Client-Timestamp");
    const TraceContext::Headers expected{
        {"X-Trace-ID", uuid},
        {"X-Span-ID", "0000000000000002"},
        {"X-Parent-Span-ID", "0000000000000001"},
        {"X-Client-Type", "cli"},
        {"X-Client-Version", "1.2.0"},
        {"traceparent", "00-0f8fad5bd9cb469fa16570867728950e-0000000000000002-01"}};
    EXPECT_EQ(headers, expected);
}

TEST(TraceContext, CutsAVersionThatNoServerWouldTake) {
    TraceContext context(uuid, {.clientVersion = std::string(31, '1') + "é2"});
    EXPECT_EQ(context.getHttpHeaders().at("X-Client-Version"), std::string(31, '1'));
}

TEST(TraceContext, PassesTheCallersFlagsOnWithItsOwnSpansToo) {
    const std::string start = "00-0f8fad5bd9cb469fa16570867728950e-";
    for (const std::string flags : {"00", "01", "02", "03"}) {
        auto context = TraceContext::fromHttpHeaders({{"traceparent", start + "0000000000000002-" + flags}});
        EXPECT_EQ(context.getHttpHeaders().at("traceparent"), start + "0000000000000002-" + flags);
        context.pushSpan("0000000000000003");
        EXPECT_EQ(context.getHttpHeaders().at("traceparent"), start + "0000000000000003-" + flags);
    }
}

TEST(TraceContext, GoesOnWhereAnotherOneWas) {
    TraceContext caller;
    caller.pushSpan("0000000000000001");
    caller.pushSpan("0000000000000002");
    TraceContext context = TraceContext::fromHttpHeaders(caller.getHttpHeaders());
    EXPECT_EQ(context.getTraceId(), caller.getTraceId());
    EXPECT_EQ(context.getCurrentSpanId(), "0000000000000002");
    EXPECT_EQ(context.getParentSpanId(), "0000000000000001");
    context.pushSpan("0000000000000003");
    EXPECT_EQ(context.getParentSpanId(), "0000000000000002");
    EXPECT_EQ(context.popSpan(), "0000000000000002");
    EXPECT_EQ(context.popSpan(), "0000000000000002") << "the caller's span is not ours to take off";
}

TEST(TraceContext, CarriesOnWhatOthersSaidOfTheTrace) {
    const TraceContext context = TraceContext::fromHttpHeaders(
        {{"traceparent", "00-0f8fad5bd9cb469fa16570867728950e-00f067aa0ba902b7-03"},
         {"tracestate", "rojo=1"},
         {"baggage", "plan=pro"}});
    const auto headers = context.getHttpHeaders();
    EXPECT_EQ(headers.at("tracestate"), "rojo=1");
    EXPECT_EQ(headers.at("baggage"), "plan=pro");
    EXPECT_EQ(headers.at("traceparent"), "00-0f8fad5bd9cb469fa16570867728950e-00f067aa0ba902b7-03");
}

TEST(TraceContext, BeginsATraceWhenHeadersNameNone) {
    for (const TraceContext::Headers& headers :
         {TraceContext::Headers{},
          TraceContext::Headers{{"X-Trace-ID", "abc-123-def"}, {"X-Span-ID", "span-456-ghi"}}}) {
        const TraceContext context = TraceContext::fromHttpHeaders(headers);
        EXPECT_TRUE(sidespan::TraceId::parse(context.getTraceId()));
        EXPECT_EQ(context.getCurrentSpanId(), "");
    }
}

TEST(TraceContext, MakesAndInjectsNothingBeforeConsentIsGranted) {
    Consent consent;
    TraceContext context(sidespan::TraceContextOptions{.consent = consent});
    context.pushSpan("0000000000000001");
    EXPECT_EQ(context.getTraceId(), "");
    EXPECT_EQ(context.getCurrentSpanId(), "");
    EXPECT_TRUE(context.getHttpHeaders().empty());
    consent.set(Consent::granted);
    const std::string first = context.getTraceId();
    EXPECT_EQ(first.size(), 36U);
    context.pushSpan("0000000000000001");
    EXPECT_EQ(context.getCurrentSpanId(), "0000000000000001");
    consent.set(Consent::denied);
    EXPECT_EQ(context.getTraceId(), "");
    EXPECT_TRUE(context.getHttpHeaders().empty());
    consent.set(Consent::granted);
    EXPECT_NE(context.getTraceId(), first);
    EXPECT_EQ(context.getCurrentSpanId(), "");
}

TEST(TraceContext, IsTheSameWhereverItIsCopiedOrMoved) {
    TraceContext context;
    TraceContext copy = context;
    TraceContext moved = std::move(context);
    copy.pushSpan("0000000000000001");
    EXPECT_EQ(moved.getCurrentSpanId(), "0000000000000001");
    EXPECT_EQ(context.getTraceId(), moved.getTraceId());  // NOLINT(bugprone-use-after-move): it stays of use
}

TEST(TraceContext, WritesItselfAsJson) {
    TraceContext context(uuid, {.clientType = sidespan::ClientType::web, .clientVersion = "1.2.0"});
    context.pushSpan("0000000000000001");
    context.pushSpan("0000000000000002");
    const boost::json::value expected{{"traceId", uuid.c_str()},
                                      {"spanId", "0000000000000002"},
                                      {"parentSpanId", "0000000000000001"},
                                      {"openSpans", {"0000000000000001", "0000000000000002"}},
                                      {"clientType", "web"},
                                      {"clientVersion", "1.2.0"}};
    EXPECT_EQ(context.toJson(), expected);
}

}
