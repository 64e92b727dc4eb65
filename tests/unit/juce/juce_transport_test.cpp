#include <sidespan/juce/juce_transport.h>

#include <array>
#include <csignal>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <juce_core/juce_core.h>
#include <sys/socket.h>
#include <unistd.h>

#include "silent_name_server.h"
#include "support/black_hole.h"
#include "support/cancelled_exchange.h"
#include "support/fault_server.h"
#include "support/patience.h"
#include "support/thread_names.h"
#include "support/tls_identities.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

HttpRequest requestTo(std::string url) {
    HttpRequest request;
    request.method = "GET";
    request.url = std::move(url);
    request.connectTimeout = 200ms;
    request.idleTimeout = 200ms;
    return request;
}

/// One that no healthy exchange meets the timeouts of.
HttpRequest patientRequestTo(std::string url) {
    auto request = requestTo(std::move(url));
    request.connectTimeout = 10s;
    request.idleTimeout = 10s;
    return request;
}

class JuceTransportTest : public ::testing::Test {
protected:
    Error failureOf(const HttpRequest& request) {
        const auto outcome = transport_->send(request, cancellation_);
        return outcome.isSuccess() ? Error{} : outcome.error();
    }

    std::unique_ptr<JuceTransport> transport_ = std::make_unique<JuceTransport>();
    Cancellation cancellation_;
};

TEST_F(JuceTransportTest, GivesUpAConnectionThatIsNotTakenAndLeavesNoThread) {
    const BlackHole hole;
    const auto before = steady_clock::now();
    auto request = requestTo(hole.url());
    request.totalTimeout = beyondPatience;
    EXPECT_TRUE(endsInTime([&] {
        const auto failure = failureOf(request);
        EXPECT_EQ(failure.code, ErrorCode::timeout) << failure.message;
    }));
    EXPECT_GE(steady_clock::now() - before, 200ms);
    EXPECT_TRUE(endsInTime([&] { transport_.reset(); }));
    // libcurl may take another second to notice, in a binary that stays.
    EXPECT_LE(threadsNamed("sidespan-"), JUCE_USE_CURL ? 1U : 0U);
}

TEST_F(JuceTransportTest, IsCancelledWhileTheNameServerIsSilent) {
    SilentNameServer nameServer;
    const auto outcome = sendAndCancel(*transport_, requestTo(SilentNameServer::url), cancellation_,
                                       [&] { nameServer.waitForQuestion(); });
    ASSERT_FALSE(outcome.isSuccess());
    EXPECT_EQ(outcome.error().code, ErrorCode::cancelled) << outcome.error().message;
}

TEST_F(JuceTransportTest, IsDestroyedAtOnceThoughTheNameServerIsSilent) {
    SilentNameServer nameServer;
    EXPECT_EQ(failureOf(requestTo(SilentNameServer::url)).code, ErrorCode::timeout);
    EXPECT_TRUE(endsInTime([&] { transport_.reset(); }));
}

TEST_F(JuceTransportTest, RunsOneExchangeAtATimeAlsoWhenOneIsStuck) {
    FaultServer server;
    {
        SilentNameServer nameServer;
        EXPECT_EQ(failureOf(requestTo(SilentNameServer::url)).code, ErrorCode::timeout);
        const auto failure = failureOf(requestTo(server.url() + "/"));
        EXPECT_EQ(failure.code, ErrorCode::timeout);
        EXPECT_NE(failure.message.find("an earlier request is still under way"), std::string::npos);
        EXPECT_EQ(server.requestCount(), 0U);
    }
    const auto request = patientRequestTo(server.url() + "/");
    EXPECT_TRUE(transport_->send(request, cancellation_).isSuccess());
}

// JUCE's libcurl has a lock of its own, which a request that is given up may hold.
TEST_F(JuceTransportTest, IsNotHeldUpByAnotherTransportThatIsStuck) {
    FaultServer server;
    SilentNameServer nameServer;
    EXPECT_EQ(failureOf(requestTo(SilentNameServer::url)).code, ErrorCode::timeout);
    EXPECT_TRUE(endsInTime(
        [&] { static_cast<void>(JuceTransport().send(requestTo(server.url() + "/"), cancellation_)); }));
}

TEST_F(JuceTransportTest, NeitherNeedsNorChangesHowTheSenderTakesASignal) {
    ASSERT_NE(std::signal(SIGPIPE, SIG_DFL), SIG_ERR);
    const std::string padding(std::size_t{60} << 10U, 'x');
    for (int i = 0; i < 20; ++i) {
        FaultServer server;
        server.otherwise(faults::closeUnread());
        auto request = patientRequestTo(server.url() + "/");
        request.headers = {{"X-Padding", padding}};
        EXPECT_EQ(failureOf(request).code, ErrorCode::network);
    }
    sigset_t blocked;
    ASSERT_EQ(::pthread_sigmask(SIG_SETMASK, nullptr, &blocked), 0);
    EXPECT_EQ(::sigismember(&blocked, SIGPIPE), 0);
}

TEST_F(JuceTransportTest, CallsAnAnswerShorterThanItsLengthBrokenOff) {
    FaultServer server;
    server.then(faults::wrongLength());
    const auto failure = failureOf(patientRequestTo(server.url() + "/"));
    EXPECT_EQ(failure.code, ErrorCode::network);
    EXPECT_EQ(failure.message, "the answer of " + server.url() + " broke off");
}

TEST_F(JuceTransportTest, SendsTheMethodItIsToldWithAndWithoutABody) {
    FaultServer server;
    for (const auto* method : {"GET", "POST", "PUT", "DELETE"}) {
        auto request = patientRequestTo(server.url() + "/what%20is?a=1&b=%26");
        request.method = method;
        ASSERT_TRUE(transport_->send(request, cancellation_).isSuccess()) << method;
        EXPECT_EQ(server.requests().back().method, method);
        EXPECT_EQ(server.requests().back().target, "/what%20is?a=1&b=%26");
    }
}

TEST_F(JuceTransportTest, RefusesAnAuthorityAndAProxyThatItCannotUse) {
    FaultServer server;
    for (const HttpTransportOptions& options :
         {HttpTransportOptions{.caFile = "/ca.pem", .proxy = {}},
          HttpTransportOptions{.caFile = {}, .proxy = "http://127.0.0.1:9"}}) {
        JuceTransport transport(options);
        const auto outcome = transport.send(patientRequestTo(server.url() + "/"), cancellation_);
        ASSERT_FALSE(outcome.isSuccess());
        EXPECT_EQ(outcome.error().code, ErrorCode::invalidConfig);
        EXPECT_NE(outcome.error().message.find("use the curl transport"), std::string::npos);
    }
    EXPECT_EQ(server.requestCount(), 0U);
}

TEST_F(JuceTransportTest, SendsNothingToAServerItDoesNotTrust) {
    const TestAuthority stranger;
    FaultServer server(stranger.issue("127.0.0.1"));
    const auto failure = failureOf(patientRequestTo(server.url() + "/"));
#if JUCE_USE_CURL
    EXPECT_EQ(failure.code, ErrorCode::network) << failure.message;
#else
    EXPECT_EQ(failure.code, ErrorCode::invalidConfig);
    EXPECT_NE(failure.message.find("JUCE_USE_CURL=1"), std::string::npos) << failure.message;
#endif
    EXPECT_EQ(server.requestCount(), 0U);
}

TEST_F(JuceTransportTest, SendsABodyWholeOrNotAtAll) {
    FaultServer server;
    auto request = patientRequestTo(server.url() + "/");
    request.method = "POST";
    request.body = {"a\0b", 3};
#if JUCE_USE_CURL
    ASSERT_TRUE(transport_->send(request, cancellation_).isSuccess());
    EXPECT_EQ(server.requests().at(0).body, request.body);
#else
    EXPECT_EQ(failureOf(request).code, ErrorCode::invalidConfig);
    EXPECT_EQ(server.requestCount(), 0U);
#endif
}

TEST_F(JuceTransportTest, GivesUpASilentServerAndOneThatTrickles) {
    FaultServer server;
    server.then(faults::silent()).then(faults::slowly(20ms));
    auto request = requestTo(server.url() + "/");
    EXPECT_EQ(failureOf(request).code, ErrorCode::timeout);
    transport_ = std::make_unique<JuceTransport>();  // libcurl may not have noticed yet
    request.totalTimeout = 300ms;
    request.idleTimeout = 10s;
    EXPECT_EQ(failureOf(request).message, server.url() + " did not answer in time");
}

TEST_F(JuceTransportTest, DownloadsABodyOfManyMegabytes) {
    const std::string body(std::size_t{5} << 20U, 'x');
    FaultServer server;
    server.then(faults::answer(200, body, {{"Content-Type", "audio/flac"}}));
    auto request = patientRequestTo(server.url() + "/");
    request.maxResponseBytes = body.size();
    const auto outcome = transport_->send(request, cancellation_);
    ASSERT_TRUE(outcome.isSuccess()) << outcome.error().message;
    EXPECT_EQ(outcome.value().body, body);
    EXPECT_FALSE(outcome.value().isCut);
    EXPECT_EQ(outcome.value().header("content-type"), "audio/flac");
}

TEST_F(JuceTransportTest, DoesNotFollowARedirect) {
    FaultServer server;
    server.then(faults::answer(302, "", {{"Location", server.url() + "/elsewhere"}}));
    const auto outcome = transport_->send(patientRequestTo(server.url() + "/"), cancellation_);
    ASSERT_TRUE(outcome.isSuccess()) << outcome.error().message;
    EXPECT_EQ(outcome.value().header("Location"), server.url() + "/elsewhere");
    EXPECT_EQ(server.requestCount(), 1U);
}

}
}
