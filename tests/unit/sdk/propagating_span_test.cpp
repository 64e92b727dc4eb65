#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan/propagation/extract.h>
#include <sidespan/propagation/inject.h>
#include <sidespan/sink_null/null_sink.h>

#include "recorders.h"
#include "support/trace_context_rules.h"

namespace sidespan::test {
namespace {

using PropagatingRecorder = MemoryRecorder<NullLock>;
using Map = std::map<std::string, std::string>;

const Incoming request{{"traceparent", "00-12345678901234567890123456789012-1234567890123456-01"},
                       {"tracestate", "rojo=1,ot=rv:00000000000001"},
                       {"baggage", "plan=pro;ttl=60"},
                       {"X-Client-Version", "9.9"}};

Incoming notSampledRequest() {
    Incoming incoming = request;
    incoming[0].second.back() = '0';
    return incoming;
}

class TraceContextOfTheRecorder : public ::testing::TestWithParam<TraceContextRule> {};

TEST_P(TraceContextOfTheRecorder, KeepsTheRule) {
    PropagatingRecorder recorder(granted());
    GetParam().check(TraceContextRules([&](const Incoming& incoming) {
        const auto remote = recorder.extract(incoming);
        auto served = recorder.span("served", remote);
        auto asks = served.child("asks");
        Sent sent;
        recorder.inject(asks, sent);
        return sent;
    }));
}
INSTANTIATE_TEST_SUITE_P(W3c, TraceContextOfTheRecorder, ::testing::ValuesIn(traceContextRules()), ruleName);

TEST(TraceContextRulesList, HasAllOfThem) {
    EXPECT_EQ(traceContextRules().size(), 41U);
}

TEST(PropagatingSpan, KeepsTraceStateAndBaggage) {
    PropagatingRecorder recorder(granted());
    const auto remote = extract(request);
    auto scoped = recorder.span("scoped", remote);
    auto child = scoped.child("child");
    auto open = recorder.openSpan("open", remote);
    auto openChild = open.child("open child");
    auto moved = std::move(openChild);
    const auto shared = open.share();
    for (const auto& given :
         {scoped.remoteContext(), child.remoteContext(), shared->remoteContext(), moved.remoteContext()}) {
        EXPECT_EQ(given.traceState, remote.traceState);
        EXPECT_EQ(given.baggage, remote.baggage);
        EXPECT_EQ(given.context.traceId, remote.context.traceId);
        EXPECT_FALSE(given.context.isRemote);
        EXPECT_TRUE(given.clientVersion.empty());
    }
    EXPECT_EQ(scoped.remoteContext().parentSpanId, remote.context.spanId);
    EXPECT_EQ(child.remoteContext().parentSpanId, scoped.context().spanId);
    EXPECT_EQ(moved.remoteContext().parentSpanId, shared->context().spanId);
    shared->end();
    EXPECT_FALSE(shared->remoteContext().context.traceId.isValid());
}

TEST(PropagatingSpan, OfAnOwnTraceHasNothingToKeep) {
    PropagatingRecorder recorder(granted());
    auto root = recorder.span("root");
    auto child = root.child("child");
    EXPECT_EQ(root.remoteContext().context, root.context());
    EXPECT_FALSE(root.remoteContext().parentSpanId.isValid());
    EXPECT_EQ(child.remoteContext().parentSpanId, root.context().spanId);
    EXPECT_TRUE(child.remoteContext().traceState.isEmpty());
    EXPECT_TRUE(child.remoteContext().baggage.isEmpty());
}

// What a server on callbacks begins: its name, too, came with the request.
TEST(PropagatingSpan, IsNamedAtRunTimeWhateverItsHandle) {
    const auto check = [](auto& recorder) {
        const auto remote = recorder.extract(request);
        const std::string route = "/feed";
        auto scoped = recorder.span(Name::copied("GET " + route), remote);
        auto open = recorder.openSpan(Name::copied("GET " + route), remote);
        const auto handle = recorder.startSpan([&] { return "GET " + route; }, remote);
        const auto isContinued = open.remoteContext().baggage == remote.baggage &&
                                 recorder.contextOf(handle).traceId == remote.context.traceId;
        recorder.endSpan(handle);
        return isContinued;
    };
    PropagatingRecorder recorder(granted());
    EXPECT_TRUE(check(recorder));
    const auto spans = recorded(recorder);
    ASSERT_EQ(spans.size(), 3U);
    for (const auto& span : spans) {
        EXPECT_EQ(span.name, "GET /feed");
        EXPECT_EQ(span.parentSpanId, "1234567890123456");
    }
    Recorder<ManualClock, NullSink, NullLock> none(granted());
    EXPECT_FALSE(check(none));
}

TEST(PropagatingSpan, IsInjectedWithWhatItKeeps) {
    Config config = granted();
    config.clientType = ClientType::server;
    PropagatingRecorder recorder(config);
    const auto remote = recorder.extract(request);
    auto span = recorder.span("served", remote);
    Map headers{{"Tracestate", "stale=1"}, {"Accept", "*/*"}};
    recorder.inject(span, headers);
    EXPECT_EQ(headers.at("tracestate"), "rojo=1,ot=rv:00000000000001");
    EXPECT_EQ(headers.at("baggage"), "plan=pro;ttl=60");
    EXPECT_EQ(headers.at("X-Parent-Span-ID"), "1234567890123456");
    EXPECT_EQ(headers.at("X-Client-Type"), "server");
    EXPECT_EQ(headers.at("X-Client-Version"), "1.2.0");
    EXPECT_EQ(headers.at("Accept"), "*/*");
    EXPECT_FALSE(headers.contains("Tracestate"));
}

TEST(PropagatingSpan, GivesWayToTheTraceStateAndBaggageOfTheOptions) {
    PropagatingRecorder recorder(granted());
    const auto remote = recorder.extract(request);
    auto span = recorder.span("served", remote);
    const auto state = *TraceState::parse("mine=1");
    const auto baggage = Baggage::parse("plan=free");
    Map headers;
    inject(span, headers, {.parentSpanId = SpanId(7), .traceState = &state, .baggage = &baggage});
    EXPECT_EQ(headers.at("tracestate"), "mine=1");
    EXPECT_EQ(headers.at("baggage"), "plan=free");
    EXPECT_EQ(headers.at("X-Parent-Span-ID"), "0000000000000007");
}

TEST(PropagatingSpan, OfAnOwnTraceIsSentWithTheBaggageOfTheRequestBeingServed) {
    PropagatingRecorder recorder(granted());
    const auto remote = recorder.extract(request);
    auto root = recorder.span("root");
    Map headers;
    recorder.inject(root, headers, &remote);
    EXPECT_EQ(headers.at("baggage"), "plan=pro;ttl=60");
    EXPECT_EQ(headers.at("X-Span-ID"), root.context().spanId.toHex());
    EXPECT_FALSE(headers.contains("tracestate")) << "it belongs to the other trace";
}

void expectPassedOn(const Map& headers) {
    EXPECT_EQ(headers.at("traceparent"), request[0].second);
    EXPECT_EQ(headers.at("tracestate"), request[1].second);
    EXPECT_EQ(headers.at("baggage"), request[2].second);
    EXPECT_EQ(headers.at("X-Client-Version"), "9.9");
    EXPECT_FALSE(headers.contains("X-Client-Type"));
    EXPECT_FALSE(headers.contains("X-Client-Timestamp"));
}

TEST(PropagatingSpan, PassesOnWhatCameInWithoutConsent) {
    PropagatingRecorder recorder{Config()};
    const auto remote = recorder.extract(request);
    auto scoped = recorder.span("scoped", remote);
    auto child = scoped.child("child");
    auto open = recorder.openSpan("open", remote);
    Map headers;
    recorder.inject(scoped, headers);
    expectPassedOn(headers);
    headers.clear();
    recorder.inject(child, headers);
    expectPassedOn(headers);
    headers.clear();
    recorder.inject(open, headers);
    expectPassedOn(headers);
    headers.clear();
    recorder.inject(recorder.span("root"), headers);
    EXPECT_TRUE(headers.empty()) << "nothing of its own";
    recorder.inject(SpanContext(), headers, &remote);
    expectPassedOn(headers);
}

TEST(PropagatingSpan, PassesOnWhatCameInWithTheNullSink) {
    Recorder<ManualClock, NullSink, NullLock> recorder(granted());
    const auto remote = recorder.extract(request);
    auto span = recorder.span("served", remote);
    auto open = recorder.openSpan("open", remote);
    Map headers{{"traceparent", "stale"}};
    recorder.inject(span, headers);
    recorder.inject(open, headers);
    EXPECT_TRUE(headers.empty());
    recorder.inject(span, headers, &remote);
    expectPassedOn(headers);
    headers.clear();
    inject(remote, headers);
    expectPassedOn(headers);
}

TEST(PropagatingSpan, ThatIsNotSampledSaysSoUnderItsOwnId) {
    PropagatingRecorder recorder(granted());
    const auto remote = recorder.extract(notSampledRequest());
    auto span = recorder.span("served", remote);
    Map headers;
    recorder.inject(span, headers);
    EXPECT_EQ(headers.at("traceparent"),
              "00-12345678901234567890123456789012-" + span.context().spanId.toHex() + "-00");
    EXPECT_EQ(headers.at("tracestate"), request[1].second);
    EXPECT_EQ(headers.at("baggage"), request[2].second);
}

TEST(PropagatingSpan, SaysByWhichThresholdItWasSampled) {
    Config config = granted();
    config.sampler = Sampler::parentBased(Sampler::probability(0.25));
    PropagatingRecorder recorder(config);
    int sampled = 0;
    for (int i = 0; i < 100; ++i) {
        auto root = recorder.span("root");
        auto child = root.child("child");
        Map headers;
        recorder.inject(child, headers);
        EXPECT_EQ(headers.contains("tracestate"), root.isRecording());
        if (!root.isRecording()) continue;
        EXPECT_EQ(headers.at("tracestate"), "ot=th:c");
        ++sampled;
    }
    EXPECT_GT(sampled, 0);
    auto served = recorder.span("served", recorder.extract(request));
    EXPECT_EQ(served.remoteContext().traceState.text(), request[1].second) << "the caller's decision stands";
}

TEST(PropagatingSpan, PassesOnNoThresholdThatItWasNotSampledBy) {
    for (const auto sampler : {Sampler::rateLimited(1e6), Sampler::alwaysOn(), Sampler::alwaysOff()}) {
        Config config = granted();
        config.sampler = sampler;
        PropagatingRecorder recorder(config);
        const auto remote = recorder.extract(Incoming{request[0], {"tracestate", "ot=th:8;x:y,rojo=1"}});
        EXPECT_EQ(recorder.span("served", remote).remoteContext().traceState.text(), "ot=x:y,rojo=1");
    }
}

// Every kind of handle that keeps a trace state, and their children.
std::vector<Span> recordedFrom(PropagatingRecorder& recorder, const RemoteContext& remote) {
    {
        auto scoped = recorder.span("scoped", remote);
        auto child = scoped.child(Name::copied("child"));
        auto open = recorder.openSpan("open", remote);
        auto openChild = open.child("open child");
        recorder.endSpan(recorder.startSpan("by handle", remote));
        recorder.endSpan(recorder.startSpan(Name::copied("named by handle"), remote));
    }
    auto spans = recorded(recorder);
    EXPECT_EQ(spans.size(), 6U);
    return spans;
}

TEST(PropagatingSpan, RecordsTheTraceStateThatItKeeps) {
    for (const auto sampler : {Sampler(), Sampler::parentBased(Sampler::probability(0.25))}) {
        Config config = granted();
        config.sampler = sampler;
        PropagatingRecorder recorder(config);
        for (const auto& span : recordedFrom(recorder, recorder.extract(request))) {
            EXPECT_EQ(span.traceState, "rojo=1,ot=rv:00000000000001") << span.name;
            EXPECT_EQ(span.droppedAttributes, 0U);
        }
    }
}

TEST(PropagatingSpan, RecordsNoTraceStateWhereNoneCameIn) {
    PropagatingRecorder recorder(granted());
    for (const auto& span : recordedFrom(recorder, recorder.extract(Incoming{request[0]})))
        EXPECT_EQ(span.traceState, "");
    auto root = recorder.span("root");
    EXPECT_TRUE(root.remoteContext().traceState.isEmpty());
}

TEST(PropagatingSpan, RecordsTheThresholdThatItWasSampledByAmongOthersMembers) {
    const auto stateFor = [](const Sampler& sampler, const std::string& state) {
        Config config = granted();
        config.sampler = sampler;
        PropagatingRecorder recorder(config);
        const auto remote = recorder.extract(Incoming{request[0], {"tracestate", state}});
        std::string recorded;
        for (const auto& span : recordedFrom(recorder, remote)) {
            EXPECT_TRUE(recorded.empty() || span.traceState == recorded) << span.traceState;
            recorded = span.traceState;
        }
        return recorded;
    };
    EXPECT_EQ(stateFor(Sampler::probability(0.5), "rojo=1,ot=th:0;rv:80000000000000"),
              "ot=th:8;rv:80000000000000,rojo=1");
    EXPECT_EQ(stateFor(Sampler::probability(1), "rojo=1"), "ot=th:0,rojo=1");
    EXPECT_EQ(stateFor(Sampler::alwaysOn(), "ot=th:8;x:y,rojo=1"), "ot=x:y,rojo=1");
}

TEST(PropagatingSpan, RecordsAsMuchOfALongTraceStateAsThereIsRoomFor) {
    PropagatingRecorder recorder(granted());
    std::string state;
    for (const char key : {'a', 'b', 'c', 'd'})
        state += std::string(1, key) + '=' + std::string(150, 'x') + ',';
    const auto remote = recorder.extract(Incoming{request[0], {"tracestate", state + "ot=th:8"}});
    ASSERT_GT(remote.traceState.text().size(), 512U);
    for (const auto& span : recordedFrom(recorder, remote)) {
        EXPECT_EQ(span.traceState, "ot=th:8," + state.substr(0, 3 * 153 - 1)) << span.name;
        EXPECT_EQ(span.droppedAttributes, 1U);
    }
    const auto single = std::string(256, 'k') + '=' + std::string(256, 'v');
    const auto tooLong = recorder.extract(Incoming{request[0], {"tracestate", single}});
    ASSERT_EQ(tooLong.traceState.text(), single);
    recorder.sink().clear();
    for (const auto& span : recordedFrom(recorder, tooLong)) {
        EXPECT_EQ(span.traceState, "");
        EXPECT_EQ(span.droppedAttributes, 1U);
    }
}

// As a job does that a root has handed to another thread.
TEST(PropagatingSpan, SaysTheThresholdAlsoWhereOnlyTheContextCameAlong) {
    Config config = granted();
    config.sampler = Sampler::parentBased(Sampler::probability(1));
    PropagatingRecorder recorder(config);
    auto root = recorder.span("root");
    auto job = recorder.span("job", root.context());
    EXPECT_EQ(job.remoteContext().traceState.text(), "ot=th:0");
    auto other = recorder.span("other", SpanContext{TraceId(1, 2), SpanId(3), TraceFlags::sampled, false});
    EXPECT_TRUE(other.remoteContext().traceState.isEmpty());
}

TEST(PropagatingSpan, IsSampledByTheRandomnessThatItsTraceBrings) {
    Config config = granted();
    config.sampler = Sampler::probability(0.5);
    PropagatingRecorder recorder(config);
    const auto served = [&](const std::string& state) {
        return recorder.extract(Incoming{request[0], {"tracestate", state}});
    };
    const auto low = served("rojo=1,ot=th:0;rv:7fffffffffffff;x:y");
    auto dropped = recorder.span("served", low);
    EXPECT_FALSE(dropped.isRecording());
    EXPECT_EQ(dropped.remoteContext().traceState.text(), "ot=rv:7fffffffffffff;x:y,rojo=1");
    const auto high = served("rojo=1,ot=rv:80000000000000");
    auto kept = recorder.span("served", high);
    EXPECT_TRUE(kept.isRecording());
    EXPECT_EQ(kept.remoteContext().traceState.text(), "ot=th:8;rv:80000000000000,rojo=1");
    EXPECT_TRUE(recorder.openSpan("open", high).isRecording());
    EXPECT_FALSE(recorder.openSpan("open", low).isRecording());
    const auto handle = recorder.startSpan("handle", low);
    EXPECT_FALSE(recorder.contextOf(handle).isSampled());
    recorder.endSpan(handle);
    // By the id where the randomness is malformed: its last 56 bits are above the half.
    EXPECT_TRUE(recorder.span("served", served("ot=rv:zz000000000000")).isRecording());
}

TEST(PropagatingSpan, UsesThePropagatorsOfItsConfiguration) {
    Config config = granted();
    config.propagators = Propagators::traceContext | Propagators::baggage;
    PropagatingRecorder recorder(config);
    Incoming incoming = request;
    incoming.emplace_back("X-Trace-ID", "11111111-2222-4333-8444-555555555555");
    incoming.emplace_back("X-Span-ID", "b7ad6b7169203331");
    const auto remote = recorder.extract(incoming);
    EXPECT_TRUE(remote.clientVersion.empty());
    Map headers{{"X-Trace-ID", "mine"}};
    recorder.inject(recorder.span("served", remote), headers);
    EXPECT_EQ(headers.size(), 4U);
    EXPECT_EQ(headers.at("X-Trace-ID"), "mine");
    EXPECT_EQ(detail::differingFields(granted(), config), "propagators");
}

}
}
