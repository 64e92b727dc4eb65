#include <sidespan/http_curl/curl_transport.h>
#include <sidespan/sink_http/http_sink.h>

#include <arpa/inet.h>

#include "support/black_hole.h"
#include "support/cancelled_exchange.h"
#include "support/fault_server.h"
#include "support/name_lookups.h"
#include "support/span_records.h"

namespace sidespan::test {
namespace {

std::unique_ptr<CurlTransport> transportThatAsks(std::unique_ptr<detail::NameLookup> lookup) {
    auto transport = std::make_unique<CurlTransport>(CurlTransport::Options{}, std::move(lookup));
    transport->prepare();
    return transport;
}

template <class Names>
class CurlTransportNames : public ::testing::Test {
protected:
    NameServer nameServer_;
    std::unique_ptr<CurlTransport> transport_ = transportThatAsks(Names::lookup(nameServer_));
    Cancellation cancellation_;
};
TYPED_TEST_SUITE(CurlTransportNames, NameLookups);

TYPED_TEST(CurlTransportNames, CanBeCancelledWhileTheNameServerIsSilent) {
    HttpRequest request;
    request.url = "http://telemetry.example.com/";
    const auto outcome = sendAndCancel(*this->transport_, request, this->cancellation_,
                                       [&] { this->nameServer_.waitForQuestion(); });
    ASSERT_FALSE(outcome.isSuccess());
    EXPECT_EQ(outcome.error().code, ErrorCode::cancelled);
}

TYPED_TEST(CurlTransportNames, GivesUpASilentNameServerAtTheConnectTimeout) {
    HttpRequest request;
    request.url = "http://telemetry.example.com/";
    request.connectTimeout = std::chrono::milliseconds{50};
    const auto outcome = this->transport_->send(request, this->cancellation_);
    ASSERT_FALSE(outcome.isSuccess());
    EXPECT_EQ(outcome.error().code, ErrorCode::timeout);
    EXPECT_NE(outcome.error().message.find("telemetry.example.com"), std::string::npos);
}

TYPED_TEST(CurlTransportNames, ASilentNameServerDoesNotHoldUpTheShutdownOfASink) {
    Config config;
    config.endpoint = "http://telemetry.example.com";
    config.consent = Consent::granted;
    config.batch.maxAge = std::chrono::milliseconds{0};
    config.http.connectTimeout = config.http.requestTimeout = beyondPatience;
    HttpSink sink(validate(config).value(), NetworkClient::Parts{.transport = std::move(this->transport_)});
    sink.start();
    sink.consume(SpanRecords(10).batch());
    this->nameServer_.waitForQuestion();
    EXPECT_TRUE(endsInTime([&] { EXPECT_FALSE(sink.shutdown(deadlineIn(std::chrono::milliseconds{100}))); }));
    EXPECT_EQ(sink.stats().dropped[DropReason::shutdown], 10U);
}

TYPED_TEST(CurlTransportNames, AsksNobodyForLocalhost) {
    FaultServer server;
    HttpRequest request;
    request.url = "http://localhost:" + std::to_string(server.port()) + "/";
    request.connectTimeout = std::chrono::seconds{5};
    const auto outcome = this->transport_->send(request, this->cancellation_);
    ASSERT_TRUE(outcome.isSuccess()) << outcome.error().message;
}

template <class Names>
class CurlTransportAddresses : public ::testing::Test {
protected:
    static Outcome<HttpResponse> sendTo(const NameServer& nameServer, const FaultServer& server,
                                        std::chrono::milliseconds connectTimeout) {
        HttpRequest request;
        request.url = "http://telemetry.example.com:" + std::to_string(server.port()) + "/";
        request.connectTimeout = connectTimeout;
        Cancellation cancellation;
        return transportThatAsks(Names::lookup(nameServer))->send(request, cancellation);
    }
};
TYPED_TEST_SUITE(CurlTransportAddresses, NameLookups);

TYPED_TEST(CurlTransportAddresses, TheSecondIsTriedWhenTheFirstIsDead) {
    FaultServer server;
    const BlackHole dead(INADDR_LOOPBACK + 1, server.port());
    const NameServer nameServer({"127.0.0.2", "127.0.0.1"}, NameServer::Ipv6::none);
    const auto outcome = this->sendTo(nameServer, server, std::chrono::seconds{2});
    ASSERT_TRUE(outcome.isSuccess()) << outcome.error().message;
    EXPECT_EQ(server.requestCount(), 1U);
}

TYPED_TEST(CurlTransportAddresses, ThoseOfIpv4AreEnoughWhenTheOthersNeverCome) {
    FaultServer server;
    const NameServer nameServer({"127.0.0.1"}, NameServer::Ipv6::silent);
    const auto outcome = this->sendTo(nameServer, server, std::chrono::seconds{2});
    ASSERT_TRUE(outcome.isSuccess()) << outcome.error().message;
    EXPECT_EQ(server.requestCount(), 1U);
}

TYPED_TEST(CurlTransportAddresses, ANameWithoutAnyFails) {
    FaultServer server;
    const NameServer nameServer({}, NameServer::Ipv6::none);
    const auto outcome = this->sendTo(nameServer, server, std::chrono::seconds{20});
    ASSERT_FALSE(outcome.isSuccess());
    EXPECT_EQ(outcome.error().code, ErrorCode::network);
    EXPECT_NE(outcome.error().message.find("telemetry.example.com"), std::string::npos);
}

}
}
