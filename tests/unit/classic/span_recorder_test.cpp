#include <sidespan/classic/span_recorder.h>

#include <atomic>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sidespan/classic/trace_context.h>
#include <sidespan/json/parse_json.h>
#include <sidespan/native_json/native_limits.h>
#include <sidespan/span_id.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace {

using sidespan::Consent;
using sidespan::NativeLimits;
using sidespan::Span;
using sidespan::SpanRecorder;
using sidespan::TraceContext;
using testing::ElementsAre;

std::vector<std::string> namesOf(const std::vector<Span>& spans) {
    std::vector<std::string> names;
    for (const auto& span : spans) names.push_back(span.name);
    return names;
}

TEST(SpanRecorder, RecordsWhatASpanIsGiven) {
    std::uint64_t now = 1'766'012'345'678'000'001;
    SpanRecorder recorder({.clock = [&] { return now; }});
    TraceContext context(sidespan::TraceContextOptions{.clientVersion = "1.2.0"});
    const std::string id = recorder.startSpan("audio.encode", context);
    now += 1'000'000;
    recorder.recordEvent(id, "encoding_started");
    recorder.addAttribute(id, "codec", "mp3");
    recorder.addAttribute(id, "channels", 2);
    recorder.addAttribute(id, "duration_seconds", 45.3);
    recorder.addAttribute(id, "lossless", false);
    recorder.addAttribute(id, "codec", "flac");
    now += 1'999'999;
    recorder.endSpan(id, "error", "disk full");

    Span expected;
    expected.traceId = context.getTraceId();
    expected.spanId = id;
    expected.name = "audio.encode";
    expected.startTimeUnixNano = 1'766'012'345'678'000'001;
    expected.endTimeUnixNano = 1'766'012'345'681'000'000;
    expected.startTimeMs = 1'766'012'345'678;
    expected.endTimeMs = 1'766'012'345'681;
    expected.durationMs = 2;
    expected.status = "error";
    expected.statusMessage = "disk full";
    expected.attributes = {
        {"codec", "flac"}, {"channels", 2}, {"duration_seconds", 45.3}, {"lossless", false}};
    expected.events = {{1'766'012'345'679'000'001, "encoding_started", {}}};
    expected.clientVersion = "1.2.0";
    EXPECT_THAT(recorder.getSpans(), ElementsAre(expected));
}

TEST(SpanRecorder, GivesJsonThatReadsBack) {
    SpanRecorder recorder;
    TraceContext context;
    const std::string outer = recorder.startSpan("outer", context);
    recorder.addAttribute(outer, "text", "a \"b\"\n\xE2\x82\xAC");
    recorder.endSpan(recorder.startSpan("inner", context));
    recorder.endSpan(outer);
    const auto json = sidespan::parseJson(boost::json::serialize(recorder.getJson()));
    std::vector<Span> read;
    for (const auto& value : json.as_array()) read.push_back(Span::fromJson(value));
    EXPECT_EQ(read, recorder.getSpans());
    EXPECT_EQ(read.size(), 2U);
}

TEST(SpanRecorder, MakesSiblingsOfSpansThatFollowEachOther) {
    SpanRecorder recorder;
    TraceContext context;
    const std::string root = recorder.startSpan("root", context);
    for (const char* name : {"a", "b", "c"}) recorder.endSpan(recorder.startSpan(name, context));
    recorder.endSpan(root);
    for (const auto& span : recorder.getSpans())
        EXPECT_EQ(span.parentSpanId, span.name == "root" ? "" : root);
    EXPECT_EQ(context.getCurrentSpanId(), "");
}

TEST(SpanRecorder, EndsWhatIsStillOpenInside) {
    SpanRecorder recorder;
    TraceContext context;
    const std::string root = recorder.startSpan("root", context);
    const std::string middle = recorder.startSpan("middle", context);
    const std::string inner = recorder.startSpan("inner", context);
    recorder.endSpan(middle, "ok");
    EXPECT_EQ(context.getCurrentSpanId(), root);
    EXPECT_EQ(recorder.openSpans(), 1U);
    recorder.endSpan(inner);  // it has ended already
    recorder.endSpan(root, "ok");
    const auto spans = recorder.getSpans();
    ASSERT_THAT(namesOf(spans), ElementsAre("inner", "middle", "root"));
    EXPECT_EQ(spans[0].status, "cancelled");
    EXPECT_EQ(spans[0].statusMessage, "still open when middle ended");
    EXPECT_EQ(spans[0].endTimeUnixNano, spans[1].endTimeUnixNano);
    EXPECT_EQ(spans[1].status, "ok");
    EXPECT_EQ(recorder.ignoredCalls(), 1U);
}

TEST(SpanRecorder, EndsAllOfADeepStackAtOnce) {
    SpanRecorder recorder;
    TraceContext context;
    const std::string root = recorder.startSpan("root", context);
    for (int i = 0; i < 2000; ++i) recorder.startSpan("deep", context);
    recorder.endSpan(root);
    EXPECT_EQ(recorder.openSpans(), 0U);
    EXPECT_EQ(recorder.getSpans().size(), 2001U);
    EXPECT_EQ(context.getCurrentSpanId(), "");
}

TEST(SpanRecorder, LeavesSpansOfOtherContextsOpen) {
    SpanRecorder recorder;
    TraceContext context;
    const std::string root = recorder.startSpan("root", context);
    TraceContext background = TraceContext::fromHttpHeaders(context.getHttpHeaders());
    const std::string job = recorder.startSpan("job", background);
    recorder.endSpan(root);
    EXPECT_EQ(recorder.openSpans(), 1U);
    recorder.endSpan(job);
    EXPECT_EQ(recorder.getSpans().back().parentSpanId, root);
    EXPECT_EQ(recorder.getSpans().back().status, "ok");
}

TEST(SpanRecorder, ForgetsSpansOfATraceThatItsCallerHasNotSampled) {
    SpanRecorder recorder;
    const std::string caller = "00-0f8fad5bd9cb469fa16570867728950e-0000000000000002-";
    auto context = TraceContext::fromHttpHeaders({{"traceparent", caller + "00"}});
    const std::string served = recorder.startSpan("served", context);
    const std::string query = recorder.startSpan("query", context);
    EXPECT_EQ(context.getHttpHeaders().at("traceparent"),
              "00-0f8fad5bd9cb469fa16570867728950e-" + query + "-00");
    recorder.addAttribute(query, "rows", 3);
    recorder.endSpan(served);
    EXPECT_EQ(context.getCurrentSpanId(), "0000000000000002");
    EXPECT_EQ(recorder.openSpans(), 0U);
    EXPECT_TRUE(recorder.getSpans().empty());
    EXPECT_EQ(recorder.droppedSpans() + recorder.ignoredCalls(), 0U);
    for (const TraceContext::Headers& headers :
         {TraceContext::Headers{{"traceparent", caller + "01"}},
          TraceContext::Headers{{"X-Trace-ID", "0f8fad5b-d9cb-469f-a165-70867728950e"}}}) {
        auto sampled = TraceContext::fromHttpHeaders(headers);
        recorder.endSpan(recorder.startSpan("served", sampled));
    }
    EXPECT_EQ(recorder.getSpans().size(), 2U);
}

TEST(SpanRecorder, IgnoresAndCountsCallsThatNameNoOpenSpan) {
    SpanRecorder recorder;
    TraceContext context;
    const std::string id = recorder.startSpan("once", context);
    recorder.endSpan(id, "ok");
    recorder.endSpan(id, "error", "again");
    recorder.addAttribute(id, "late", 1);
    recorder.recordEvent("0123456789abcdef", "unknown");
    recorder.endSpan("nonsense");
    EXPECT_EQ(recorder.ignoredCalls(), 4U);
    ASSERT_EQ(recorder.getSpans().size(), 1U);
    EXPECT_EQ(recorder.getSpans()[0].status, "ok");
    EXPECT_TRUE(recorder.getSpans()[0].attributes.empty());
}

TEST(SpanRecorder, DoesNotMindWhenItsContextGoesOrMoves) {
    SpanRecorder recorder;
    std::string first;
    {
        TraceContext context;
        first = recorder.startSpan("first", context);
    }
    std::optional<TraceContext> context(std::in_place);
    const std::string second = recorder.startSpan("second", *context);
    TraceContext moved = *std::move(context);
    context.reset();
    recorder.endSpan(first);
    recorder.endSpan(second);
    EXPECT_EQ(moved.getCurrentSpanId(), "");
    EXPECT_EQ(recorder.getSpans().size(), 2U);
    EXPECT_NE(recorder.getSpans()[0].traceId, recorder.getSpans()[1].traceId);
}

TEST(SpanRecorder, LosesTheOldestFinishedSpanFirstAndCountsIt) {
    SpanRecorder recorder({.maxSpans = 3});
    TraceContext context;
    const std::string root = recorder.startSpan("root", context);
    for (const char* name : {"a", "b", "c", "d"}) recorder.endSpan(recorder.startSpan(name, context));
    EXPECT_THAT(namesOf(recorder.getSpans()), ElementsAre("c", "d"));
    EXPECT_EQ(recorder.droppedSpans(), 2U);
    recorder.endSpan(root);
    EXPECT_THAT(namesOf(recorder.getSpans()), ElementsAre("c", "d", "root"));
}

TEST(SpanRecorder, BeginsNothingWhenAllThereIsRoomForIsOpen) {
    SpanRecorder recorder({.maxSpans = 2});
    TraceContext context;
    const std::string outer = recorder.startSpan("outer", context);
    recorder.startSpan("inner", context);
    const std::string refused = recorder.startSpan("refused", context);
    EXPECT_EQ(refused, "");
    recorder.addAttribute(refused, "key", 1);
    recorder.endSpan(refused);
    EXPECT_EQ(recorder.droppedSpans(), 1U);
    EXPECT_EQ(recorder.ignoredCalls(), 0U) << "an empty id was never a span's";
    recorder.endSpan(outer);
    EXPECT_EQ(recorder.getSpans().size(), 2U);
}

TEST(SpanRecorder, ForgetsFinishedSpansWhenCleared) {
    SpanRecorder recorder;
    TraceContext context;
    const std::string open = recorder.startSpan("open", context);
    recorder.endSpan(recorder.startSpan("finished", context));
    recorder.clear();
    EXPECT_TRUE(recorder.getJson().empty());
    recorder.endSpan(open);
    EXPECT_THAT(namesOf(recorder.getSpans()), ElementsAre("open"));
}

TEST(SpanRecorder, GivesEverySpanAnIdOfItsOwn) {
    SpanRecorder recorder({.maxSpans = 10'000});
    TraceContext context;
    std::set<std::string> ids;
    for (int i = 0; i < 5000; ++i) ids.insert(recorder.startSpan("span", context));
    EXPECT_EQ(ids.size(), 5000U);
    for (const auto& id : ids) ASSERT_TRUE(sidespan::SpanId::parse(id)) << id;
}

TEST(SpanRecorder, RecordsNothingWithoutConsent) {
    for (const bool isContextAsked : {false, true}) {
        Consent consent;
        SpanRecorder recorder({.consent = isContextAsked ? Consent(Consent::granted) : consent});
        TraceContext context(
            sidespan::TraceContextOptions{.consent = isContextAsked ? consent : Consent(Consent::granted)});
        const std::string id = recorder.startSpan("early", context);
        EXPECT_EQ(id, "");
        recorder.addAttribute(id, "key", 1);
        recorder.endSpan(id);
        EXPECT_TRUE(recorder.getSpans().empty());
        consent.set(Consent::granted);
        recorder.endSpan(recorder.startSpan("later", context));
        EXPECT_THAT(namesOf(recorder.getSpans()), ElementsAre("later"));
        EXPECT_EQ(recorder.droppedSpans(), 0U);
    }
}

TEST(SpanRecorder, ForgetsEverythingWhenConsentIsWithdrawn) {
    Consent consent(Consent::granted);
    SpanRecorder recorder({.consent = consent});
    TraceContext context(sidespan::TraceContextOptions{.consent = consent});
    const std::string open = recorder.startSpan("open", context);
    recorder.endSpan(recorder.startSpan("finished", context));
    consent.set(Consent::denied);
    EXPECT_TRUE(recorder.getJson().empty());
    EXPECT_EQ(recorder.openSpans(), 0U);
    consent.set(Consent::granted);
    recorder.endSpan(open);
    EXPECT_TRUE(recorder.getSpans().empty()) << "it began under an older consent";
}

TEST(SpanRecorder, KeepsWithinWhatAServerTakes) {
    SpanRecorder recorder;
    TraceContext context;
    std::string wide;
    for (int i = 0; i < 300; ++i) wide += "\xE2\x82\xAC";
    const std::string id = recorder.startSpan(wide, context);
    recorder.addAttribute(id, wide, wide);
    recorder.addAttribute(id, "", "lost");
    recorder.addAttribute(id, "long", std::string(100'000, 'x'));
    for (int i = 0; i < 200; ++i) recorder.addAttribute(id, std::to_string(i), i);
    for (int i = 0; i < 200; ++i) recorder.recordEvent(id, wide);
    recorder.endSpan(id, "fine", std::string(NativeLimits::maxTextBytes - 1, 'x') + wide);
    recorder.endSpan(recorder.startSpan("", context));
    const auto spans = recorder.getSpans();
    ASSERT_EQ(spans.size(), 2U);
    EXPECT_EQ(spans[0].name.size(), 255U * 3);
    EXPECT_EQ(spans[0].attributes.size(), 128U);
    EXPECT_EQ(spans[0].droppedAttributes, 1U + 200U - 126U);
    EXPECT_EQ(spans[0].events.size(), 128U);
    EXPECT_EQ(spans[0].droppedEvents, 72U);
    EXPECT_EQ(spans[0].status, "error");
    EXPECT_EQ(spans[0].statusMessage.size(), NativeLimits::maxTextBytes - 1);
    EXPECT_EQ(spans[1].name, "unnamed");
    for (const auto& span : spans) EXPECT_EQ(Span::fromJson(span.toJson()), span);
}

TEST(SpanRecorder, CutsWhatIsNotUtf8ToWhatAServerTakes) {
    SpanRecorder recorder;
    TraceContext context;
    const std::string id = recorder.startSpan("a", context);
    recorder.addAttribute(id, "bytes", std::string(30'000, '\xff'));
    recorder.endSpan(id);
    EXPECT_NO_THROW(static_cast<void>(Span::fromJson(recorder.getSpans()[0].toJson())));
}

TEST(SpanRecorder, KnowsTheTimeWithinASpanOfSomebodyElse) {
    using std::chrono::system_clock;
    const auto now = [] {
        return std::chrono::duration_cast<std::chrono::milliseconds>(system_clock::now().time_since_epoch())
            .count();
    };
    SpanRecorder recorder;
    TraceContext context;
    context.pushSpan("a1b2c3d4e5f60718");
    const auto before = now();
    recorder.endSpan(recorder.startSpan("first", context));
    recorder.endSpan(recorder.startSpan("second", context));
    for (const auto& span : recorder.getSpans()) {
        EXPECT_GE(span.startTimeMs, before) << span.name;
        EXPECT_LE(span.endTimeMs, now()) << span.name;
        EXPECT_EQ(span.parentSpanId, "a1b2c3d4e5f60718");
    }
}

TEST(SpanRecorder, NeverEndsASpanBeforeItBegan) {
    std::uint64_t now = 1'766'012'345'678'000'000;
    SpanRecorder recorder({.clock = [&] { return now; }});
    TraceContext context;
    const std::string id = recorder.startSpan("backwards", context);
    now -= 5'000'000'000;
    recorder.endSpan(id);
    EXPECT_EQ(recorder.getSpans()[0].durationMs, 0);
    EXPECT_EQ(recorder.getSpans()[0].endTimeMs, recorder.getSpans()[0].startTimeMs);
}

TEST(SpanRecorder, TakesCallsFromManyThreads) {
    constexpr int threads = 4;
    constexpr int rounds = 200;
    SpanRecorder recorder;
    TraceContext shared;
    std::vector<std::thread> workers;
    for (int t = 0; t < threads; ++t) {
        workers.emplace_back([&] {
            TraceContext own;
            for (int i = 0; i < rounds; ++i) {
                const std::string id = recorder.startSpan("own", own);
                recorder.addAttribute(id, "round", i);
                recorder.recordEvent(id, "event");
                const std::string both = recorder.startSpan("shared", shared);
                (void)shared.getHttpHeaders();
                (void)recorder.openSpans();
                recorder.endSpan(both);
                recorder.endSpan(id);
            }
        });
    }
    for (auto& worker : workers) worker.join();
    EXPECT_EQ(recorder.openSpans(), 0U);
    const auto spans = recorder.getSpans();
    EXPECT_EQ(spans.size(), 2U * threads * rounds);
    std::set<std::string> ids;
    for (const auto& span : spans) ids.insert(span.spanId);
    EXPECT_EQ(ids.size(), spans.size());
}

}
