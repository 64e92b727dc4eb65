#include <sidespan/juce/juce_trace_headers.h>

#include <mutex>

#include <gtest/gtest.h>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>

#include "support/fault_server.h"

namespace sidespan::test {
namespace {

using juce::URL;

class JuceTraceHeadersTest : public ::testing::Test {
protected:
    static URL::InputStreamOptions plain() {
        return URL::InputStreamOptions(URL::ParameterHandling::inAddress);
    }

    ReceivedRequest sendWith(const URL::InputStreamOptions& options) {
        const URL url(server_.url() + "/feed");
        EXPECT_NE(url.createInputStream(options), nullptr);
        return server_.requests().back();
    }

    Consent consent_{Consent::granted};
    Recorder<SteadyClock, MemorySink, std::mutex> recorder_{
        {.service = {"LoopShare", "1.2.0"}, .consent = consent_}};
    FaultServer server_;
};

TEST_F(JuceTraceHeadersTest, ReachTheServerBesideThoseOfTheRequest) {
    const auto span = recorder_.openSpan("feed.load");
    InjectOptions inject;
    inject.clientVersion = "1.2.0";
    const auto request = sendWith(
        withTraceHeaders(plain().withExtraHeaders("Accept: application/json"), span.context(), inject));
    EXPECT_EQ(request.header("accept"), "application/json");
    EXPECT_EQ(request.header("x-trace-id"), span.context().traceId.toUuid());
    EXPECT_EQ(request.header("x-span-id"), span.context().spanId.toHex());
    EXPECT_EQ(request.header("x-client-version"), "1.2.0");
    EXPECT_NE(request.header("traceparent").find(span.context().spanId.toHex()), std::string::npos);
}

TEST_F(JuceTraceHeadersTest, ReplaceThoseThatAnEarlierTraceLeftInTheRequest) {
    const auto first = recorder_.openSpan("feed.load");
    const auto second = recorder_.openSpan("feed.load");
    InjectOptions inject;
    inject.timestampMs = 1;
    const auto used = withTraceHeaders(plain().withExtraHeaders("Accept: */*"), first.context(), inject);
    const auto request = withTraceHeaders(used, second.context(), inject);
    EXPECT_EQ(request.getExtraHeaders(), "Accept: */*\r\n" + traceHeaders(second.context(), inject));
    EXPECT_EQ(sendWith(request).header("x-span-id"), second.context().spanId.toHex());
    consent_.set(Consent::denied);
    EXPECT_EQ(withTraceHeaders(used, recorder_.openSpan("feed.load").context()).getExtraHeaders(),
              "Accept: */*\r\n");
}

TEST_F(JuceTraceHeadersTest, RemoveHeadersInAnyCaseWithTheirContinuationsAndKeepTheOthers) {
    const auto request = plain().withExtraHeaders(
        "TraceState: a=1,\r\n b=2\nX-TRACE-ID : 1\r\nX-Team: traceparent: 2\r\n\tmore\n"
        "baggage: plan=pro\r\nX-Trace-IDs: 3");
    const auto left = [&](Propagators propagators) {
        InjectOptions inject;
        inject.propagators = propagators;
        return withTraceHeaders(request, SpanContext(), inject).getExtraHeaders();
    };
    EXPECT_EQ(left(Propagators::all), "X-Team: traceparent: 2\r\n\tmore\r\nX-Trace-IDs: 3\r\n");
    EXPECT_EQ(left(Propagators::traceContext | Propagators::xHeaders),
              "X-Team: traceparent: 2\r\n\tmore\r\nbaggage: plan=pro\r\nX-Trace-IDs: 3\r\n");
}

TEST_F(JuceTraceHeadersTest, CarryTheTraceStateAndBaggageOfASpanThatContinuesATrace) {
    RemoteContext remote;
    remote.context = {
        .traceId = TraceId(1, 2), .spanId = SpanId(3), .flags = TraceFlags::sampled, .isRemote = true};
    remote.traceState = *TraceState::parse("rojo=1");
    remote.baggage = Baggage::parse("plan=pro");
    const auto span = recorder_.openSpan("feed.load", remote);
    const auto request = sendWith(withTraceHeaders(plain(), span));
    EXPECT_EQ(request.header("x-span-id"), span.context().spanId.toHex());
    EXPECT_EQ(request.header("x-parent-span-id"), "0000000000000003");
    EXPECT_EQ(request.header("tracestate"), "rojo=1");
    EXPECT_EQ(request.header("baggage"), "plan=pro");
    EXPECT_TRUE(traceHeaders(span).contains("baggage: plan=pro\r\n"));
    EXPECT_EQ(sendWith(withTraceHeaders(plain(), remote)).header("x-span-id"), "0000000000000003");
}

TEST_F(JuceTraceHeadersTest, KeepEveryOtherOptionOfTheRequest) {
    const auto request = withTraceHeaders(
        plain().withConnectionTimeoutMs(1234).withNumRedirectsToFollow(2).withHttpRequestCmd("PUT"),
        recorder_.openSpan("feed.load").context());
    EXPECT_EQ(request.getConnectionTimeoutMs(), 1234);
    EXPECT_EQ(request.getNumRedirectsToFollow(), 2);
    EXPECT_EQ(request.getHttpRequestCmd(), "PUT");
}

TEST_F(JuceTraceHeadersTest, AreNoneWithoutConsent) {
    consent_.set(Consent::denied);
    const auto span = recorder_.openSpan("feed.load");
    EXPECT_TRUE(traceHeaders(span.context()).isEmpty());
    const auto request = sendWith(withTraceHeaders(plain(), span.context()));
    EXPECT_EQ(request.header("traceparent"), "");
    EXPECT_EQ(request.header("x-trace-id"), "");
}

TEST_F(JuceTraceHeadersTest, AreNoneOnceConsentIsWithdrawnFromASpanThatIsOpen) {
    const auto span = recorder_.openSpan("feed.load");
    const auto context = span.context();
    consent_.set(Consent::denied);
    InjectOptions inject;
    inject.consent = consent_;
    EXPECT_TRUE(traceHeaders(context, inject).isEmpty());
}

}
}
