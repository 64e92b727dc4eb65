#include <sidespan/http_winhttp/winhttp_transport.h>

#include <memory>

#include <gmock/gmock.h>

#include "support/http_transport_contract.h"

namespace sidespan::test {

struct MakeWinHttp {
    static constexpr auto noHttp = ErrorCode::network;

    static std::unique_ptr<HttpTransport> transport(HttpTransportOptions options) {
        return std::make_unique<WinHttpTransport>(std::move(options));
    }
};

INSTANTIATE_TYPED_TEST_SUITE_P(WinHttp, HttpTransportContract, MakeWinHttp);

namespace {

HttpRequest requestTo(const std::string& url) {
    HttpRequest request;
    request.url = url;
    request.body = "[]";
    return request;
}

TEST(WinHttpTransport, RefusesACaFileAndAProxyOfTlsInWords) {
    FaultServer server;
    Cancellation cancellation;
    const auto withFile = MakeWinHttp::transport({.caFile = "ca.pem", .proxy = {}});
    const auto first = withFile->send(requestTo(server.url()), cancellation);
    ASSERT_FALSE(first.isSuccess());
    EXPECT_NE(first.error().message.find("certificate store of Windows"), std::string::npos);
    const auto withProxy = MakeWinHttp::transport({.caFile = {}, .proxy = "https://127.0.0.1:1"});
    const auto second = withProxy->send(requestTo(server.url()), cancellation);
    ASSERT_FALSE(second.isSuccess());
    EXPECT_NE(second.error().message.find("must begin with http://"), std::string::npos);
    EXPECT_EQ(server.requestCount(), 0U);
}

TEST(WinHttpTransport, KeepsTheConnectionForTheNextRequest) {
    FaultServer server;
    Cancellation cancellation;
    const auto transport = MakeWinHttp::transport({});
    for (int i = 0; i < 3; ++i)
        ASSERT_TRUE(transport->send(requestTo(server.url()), cancellation).isSuccess());
    EXPECT_EQ(server.connectionCount(), 1U);
}

TEST(WinHttpTransport, GoesThroughTheConfiguredProxy) {
    FaultServer proxy;
    Cancellation cancellation;
    const auto transport = MakeWinHttp::transport({.caFile = {}, .proxy = proxy.url()});
    EXPECT_TRUE(transport->send(requestTo("http://telemetry.example.com/path"), cancellation).isSuccess());
    ASSERT_EQ(proxy.requestCount(), 1U);
    // Wine names the port as well.
    EXPECT_THAT(proxy.requests().at(0).target,
                testing::AnyOf("http://telemetry.example.com/path", "http://telemetry.example.com:80/path"));
}

// But for the header that breaks off, which Wine takes for one that ends.
TEST(WinHttpTransport, CallsABrokenAnswerAFailureOfTheNetwork) {
    for (const auto& broken :
         {faults::resetMidBody(), faults::closeUnread(), faults::wrongLength(), faults::storeAndClose()}) {
        FaultServer server;
        server.otherwise(broken);
        Cancellation cancellation;
        const std::string body(std::size_t{1} << 20U, 'x');
        auto request = requestTo(server.url());
        request.body = body;
        const auto outcome = MakeWinHttp::transport({})->send(request, cancellation);
        ASSERT_FALSE(outcome.isSuccess());
        EXPECT_EQ(outcome.error().code, ErrorCode::network) << outcome.error().message;
    }
}

TEST(WinHttpTransport, TellsHowMuchOfTheBodyLeft) {
    FaultServer server;
    Cancellation cancellation;
    const auto transport = MakeWinHttp::transport({});
    auto request = requestTo(server.url());
    const std::string body(200'000, 'x');
    request.body = body;
    ASSERT_TRUE(transport->send(request, cancellation).isSuccess());
    EXPECT_EQ(transport->bodyBytesSent(), body.size());
    server.refuse();
    EXPECT_FALSE(transport->send(request, cancellation).isSuccess());
    EXPECT_EQ(transport->bodyBytesSent(), 0U);
}

TEST(WinHttpTransport, IsCancelledWhileItResolvesAndConnects) {
    Cancellation cancellation;
    // RFC 6761 and RFC 5737: the name has no address, and the address no server. It may be told so before.
    const std::pair<const char*, const char*> nowhere[] = {
        {"http://nobody.invalid/", "the server's name cannot be resolved"},
        {"http://192.0.2.1:9/", "no connection can be made"}};
    for (const auto& [url, words] : nowhere) {
        cancellation.reset();
        const auto transport = MakeWinHttp::transport({});
        const auto outcome = sendAndCancel(*transport, requestTo(url), cancellation, [] {});
        ASSERT_FALSE(outcome.isSuccess());
        if (outcome.error().code == ErrorCode::cancelled) continue;
        EXPECT_EQ(outcome.error().code, ErrorCode::network);
        EXPECT_THAT(outcome.error().message, testing::HasSubstr(words));
    }
}

}
}
