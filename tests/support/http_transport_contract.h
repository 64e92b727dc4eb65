#pragma once

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include <sidespan/http_transport/http_transport.h>

#include "support/cancelled_exchange.h"
#include "support/fault_server.h"

/// What every HttpTransport must do, as a typed suite. `Make` has a static `transport(HttpTransportOptions)`,
/// and `noHttp`, the code of what answers in another protocol:
///
///     INSTANTIATE_TYPED_TEST_SUITE_P(Curl, HttpTransportContract, MakeCurl);
namespace sidespan::test {

template <class Make>
class HttpTransportContract : public testing::Test {
protected:
    std::unique_ptr<HttpTransport> transport(HttpTransportOptions options = {}) {
        return Make::transport(std::move(options));
    }

    /// A post to the server, with timeouts that no healthy exchange meets.
    static HttpRequest request(const FaultServer& server, std::string_view body = "[]") {
        HttpRequest request;
        request.url = server.url() + "/path?query=1";
        request.body = body;
        request.headers = {{"Content-Type", "application/json"}};
        return request;
    }

    Outcome<HttpResponse> send(const HttpRequest& request) {
        return transport()->send(request, cancellation_);
    }

    /// Cancels once the server has the connection.
    void expectCancelled(HttpTransport& transport, const HttpRequest& request,
                         const std::function<void()>& untilUnderWay) {
        const auto outcome = sendAndCancel(transport, request, cancellation_, untilUnderWay);
        EXPECT_TRUE(!outcome.isSuccess() && outcome.error().code == ErrorCode::cancelled);
    }

    std::string writeCa(const std::string& pem) {
        const auto path = std::filesystem::path(testing::TempDir()) /
                          ("sidespan-ca-" + std::to_string(std::hash<std::string>()(pem)) + ".pem");
        std::ofstream(path) << pem;
        return path.string();
    }

    Cancellation cancellation_;
};

TYPED_TEST_SUITE_P(HttpTransportContract);

TYPED_TEST_P(HttpTransportContract, SendsMethodPathHeadersAndBodyAsTheyAre) {
    FaultServer server;
    auto request = this->request(server, "some body");
    request.headers.push_back({"X-Trace-ID", "abc"});
    const auto outcome = this->send(request);
    ASSERT_TRUE(outcome.isSuccess()) << outcome.error().message;
    EXPECT_EQ(outcome.value().status, 200);
    const auto received = server.requests().at(0);
    EXPECT_EQ(received.method, "POST");
    EXPECT_EQ(received.target, "/path?query=1");
    EXPECT_EQ(received.body, "some body");
    EXPECT_EQ(received.header("content-type"), "application/json");
    EXPECT_EQ(received.header("x-trace-id"), "abc");
    EXPECT_EQ(received.header("expect"), "");
}

TYPED_TEST_P(HttpTransportContract, GivesStatusHeadersAndBodyOfAnyAnswer) {
    FaultServer server;
    server.then(faults::answer(503, "later", {{"Retry-After", "7"}}));
    const auto outcome = this->send(this->request(server));
    ASSERT_TRUE(outcome.isSuccess()) << outcome.error().message;
    EXPECT_EQ(outcome.value().status, 503);
    EXPECT_EQ(outcome.value().body, "later");
    EXPECT_EQ(outcome.value().header("retry-after"), "7");
    EXPECT_FALSE(outcome.value().isCut);
}

TYPED_TEST_P(HttpTransportContract, SendsABodyOfManyMegabytes) {
    FaultServer server;
    const std::string body(std::size_t{8} << 20U, 'x');
    const auto outcome = this->send(this->request(server, body));
    ASSERT_TRUE(outcome.isSuccess()) << outcome.error().message;
    EXPECT_EQ(server.requests().at(0).body, body);
}

TYPED_TEST_P(HttpTransportContract, ComesBackAfterTheServerClosedTheConnection) {
    FaultServer server;
    const auto transport = this->transport();
    ASSERT_TRUE(transport->send(this->request(server), this->cancellation_).isSuccess());
    server.refuse();
    EXPECT_FALSE(transport->send(this->request(server), this->cancellation_).isSuccess());
    server.accept();
    EXPECT_TRUE(transport->send(this->request(server), this->cancellation_).isSuccess());
}

TYPED_TEST_P(HttpTransportContract, DoesNotFollowRedirects) {
    FaultServer server;
    server.then(faults::answer(302, "", {{"Location", server.url() + "/elsewhere"}}));
    const auto outcome = this->send(this->request(server));
    ASSERT_TRUE(outcome.isSuccess()) << outcome.error().message;
    EXPECT_EQ(outcome.value().status, 302);
    EXPECT_EQ(outcome.value().header("Location"), server.url() + "/elsewhere");
    EXPECT_EQ(server.requestCount(), 1U);
}

TYPED_TEST_P(HttpTransportContract, CutsAnAnswerThatIsTooLong) {
    FaultServer server;
    server.then(faults::hugeBody(std::size_t{64} << 20U));
    auto request = this->request(server);
    request.maxResponseBytes = 1000;
    const auto outcome = this->send(request);
    ASSERT_TRUE(outcome.isSuccess()) << outcome.error().message;
    EXPECT_EQ(outcome.value().status, 200);
    EXPECT_TRUE(outcome.value().isCut);
    EXPECT_EQ(outcome.value().body.size(), 1000U);
}

TYPED_TEST_P(HttpTransportContract, CallsABrokenAnswerAFailureOfTheNetwork) {
    const std::vector<Behaviour> broken{faults::resetMidBody(), faults::closeUnread(), faults::halfHeader(),
                                        faults::wrongLength(), faults::storeAndClose()};
    const std::string body(std::size_t{1} << 20U, 'x');
    for (std::size_t i = 0; i < broken.size(); ++i) {
        FaultServer server;
        server.otherwise(broken[i]);
        const auto outcome = this->send(this->request(server, body));
        ASSERT_FALSE(outcome.isSuccess()) << "fault " << i;
        EXPECT_EQ(outcome.error().code, ErrorCode::network)
            << "fault " << i << ": " << outcome.error().message;
    }
}

TYPED_TEST_P(HttpTransportContract, TellsWhatIsNoHttpFromNoAnswer) {
    FaultServer server;
    server.otherwise(faults::garbage());
    const auto outcome = this->send(this->request(server));
    ASSERT_FALSE(outcome.isSuccess());
    EXPECT_EQ(outcome.error().code, TypeParam::noHttp) << outcome.error().message;
}

TYPED_TEST_P(HttpTransportContract, SaysTheSameOfTheSameFailure) {
    FaultServer server;
    const auto request = this->request(server);
    server.refuse();
    const auto first = this->send(request);
    const auto second = this->send(request);
    ASSERT_FALSE(first.isSuccess());
    ASSERT_FALSE(second.isSuccess());
    EXPECT_EQ(first.error(), second.error());
    EXPECT_EQ(first.error().code, ErrorCode::network);
    EXPECT_NE(first.error().message.find(server.url()), std::string::npos) << first.error().message;
}

TYPED_TEST_P(HttpTransportContract, GivesUpWhenNothingMovesForTheIdleTimeout) {
    FaultServer server;
    server.then(faults::silent());
    auto request = this->request(server);
    request.idleTimeout = std::chrono::milliseconds{50};
    const auto outcome = this->send(request);
    ASSERT_FALSE(outcome.isSuccess());
    EXPECT_EQ(outcome.error().code, ErrorCode::timeout) << outcome.error().message;
}

TYPED_TEST_P(HttpTransportContract, GivesUpAtTheTotalTimeoutThoughBytesKeepComing) {
    FaultServer server;
    server.then(faults::slowly(std::chrono::milliseconds{30}));
    auto request = this->request(server);
    request.totalTimeout = std::chrono::milliseconds{200};
    request.idleTimeout = std::chrono::milliseconds{10000};
    const auto outcome = this->send(request);
    ASSERT_FALSE(outcome.isSuccess());
    EXPECT_EQ(outcome.error().code, ErrorCode::timeout) << outcome.error().message;
}

TYPED_TEST_P(HttpTransportContract, IsCancelledWhileItWaitsForAnAnswer) {
    FaultServer server;
    server.then(faults::silent());
    const auto transport = this->transport();
    this->expectCancelled(*transport, this->request(server), [&] { server.waitForRequests(1); });
}

TYPED_TEST_P(HttpTransportContract, IsCancelledWhileTheServerDoesNotRead) {
    FaultServer server;
    server.otherwise(faults::deaf());
    const std::string body(std::size_t{64} << 20U, 'x');
    const auto transport = this->transport();
    this->expectCancelled(*transport, this->request(server, body), [&] { server.waitForConnections(1); });
}

// What fails then, fails because it was cancelled.
TYPED_TEST_P(HttpTransportContract, IsCancelledThoughTheServerGoesAtOnce) {
    FaultServer server;
    server.otherwise([this](Exchange& exchange) {
        exchange.read();
        this->cancellation_.cancel();
        exchange.reset();
    });
    const auto transport = this->transport();
    for (int round = 0; round < 20; ++round) {
        this->cancellation_.reset();
        const auto outcome = transport->send(this->request(server), this->cancellation_);
        ASSERT_FALSE(outcome.isSuccess());
        ASSERT_EQ(outcome.error().code, ErrorCode::cancelled) << outcome.error().message;
    }
}

TYPED_TEST_P(HttpTransportContract, SendsNothingWhenCancelledBefore) {
    FaultServer server;
    this->cancellation_.cancel();
    const auto outcome = this->send(this->request(server));
    ASSERT_FALSE(outcome.isSuccess());
    EXPECT_EQ(outcome.error().code, ErrorCode::cancelled);
    EXPECT_EQ(server.requestCount(), 0U);
}

TYPED_TEST_P(HttpTransportContract, WorksAgainAfterACancellation) {
    FaultServer server;
    server.then(faults::silent());
    const auto transport = this->transport();
    this->expectCancelled(*transport, this->request(server), [&] { server.waitForRequests(1); });
    this->cancellation_.reset();
    EXPECT_TRUE(transport->send(this->request(server), this->cancellation_).isSuccess());
}

REGISTER_TYPED_TEST_SUITE_P(HttpTransportContract, SendsMethodPathHeadersAndBodyAsTheyAre,
                            GivesStatusHeadersAndBodyOfAnyAnswer, SendsABodyOfManyMegabytes,
                            ComesBackAfterTheServerClosedTheConnection, DoesNotFollowRedirects,
                            CutsAnAnswerThatIsTooLong, CallsABrokenAnswerAFailureOfTheNetwork,
                            TellsWhatIsNoHttpFromNoAnswer, SaysTheSameOfTheSameFailure,
                            GivesUpWhenNothingMovesForTheIdleTimeout,
                            GivesUpAtTheTotalTimeoutThoughBytesKeepComing, IsCancelledWhileItWaitsForAnAnswer,
                            IsCancelledWhileTheServerDoesNotRead, IsCancelledThoughTheServerGoesAtOnce,
                            SendsNothingWhenCancelledBefore, WorksAgainAfterACancellation);

}
