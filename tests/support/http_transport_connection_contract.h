#pragma once

#include "support/environment_variable.h"
#include "support/http_transport_contract.h"
#include "support/tls_identities.h"

/// What an HttpTransport must also do that makes connections of its own, and does not leave them to the
/// system. Like HttpTransportContract, whose fixture it has.
namespace sidespan::test {

template <class Make>
class HttpTransportConnectionContract : public HttpTransportContract<Make> {};

TYPED_TEST_SUITE_P(HttpTransportConnectionContract);

TYPED_TEST_P(HttpTransportConnectionContract, KeepsTheConnectionForTheNextRequest) {
    FaultServer server;
    const auto transport = this->transport();
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(transport->send(this->request(server), this->cancellation_).isSuccess());
    }
    EXPECT_EQ(server.connectionCount(), 1U);
}

TYPED_TEST_P(HttpTransportConnectionContract, TrustsACertificateOfTheGivenAuthority) {
    const TestAuthority authority;
    FaultServer server(authority.issue("127.0.0.1"));
    const auto transport = this->transport({.caFile = this->writeCa(authority.certificate()), .proxy = {}});
    const auto outcome = transport->send(this->request(server), this->cancellation_);
    ASSERT_TRUE(outcome.isSuccess()) << outcome.error().message;
}

TYPED_TEST_P(HttpTransportConnectionContract, RefusesCertificatesThatAreUnknownExpiredOrOfAnotherHost) {
    const TestAuthority authority;
    const TestAuthority stranger;
    for (const auto& identity :
         {stranger.issue("127.0.0.1"), authority.issue("127.0.0.1", std::chrono::hours{-24}),
          authority.issue("telemetry.example.com")}) {
        FaultServer server(identity);
        const auto transport =
            this->transport({.caFile = this->writeCa(authority.certificate()), .proxy = {}});
        const auto outcome = transport->send(this->request(server), this->cancellation_);
        ASSERT_FALSE(outcome.isSuccess());
        EXPECT_EQ(outcome.error().code, ErrorCode::network) << outcome.error().message;
        EXPECT_EQ(server.requestCount(), 0U);
    }
}

TYPED_TEST_P(HttpTransportConnectionContract, GoesThroughTheProxyAndNoneOtherThanTheConfigured) {
    FaultServer proxy;
    FaultServer server;
    setVariable("http_proxy", proxy.url());
    EXPECT_TRUE(this->send(this->request(server)).isSuccess());
    unsetVariable("http_proxy");
    EXPECT_EQ(proxy.requestCount(), 0U);

    const auto transport = this->transport({.caFile = {}, .proxy = proxy.url()});
    auto request = this->request(server);
    request.url = "http://telemetry.example.com/path";
    EXPECT_TRUE(transport->send(request, this->cancellation_).isSuccess());
    ASSERT_EQ(proxy.requestCount(), 1U);
    EXPECT_EQ(proxy.requests().at(0).target, "http://telemetry.example.com/path");
}

REGISTER_TYPED_TEST_SUITE_P(HttpTransportConnectionContract, KeepsTheConnectionForTheNextRequest,
                            TrustsACertificateOfTheGivenAuthority,
                            RefusesCertificatesThatAreUnknownExpiredOrOfAnotherHost,
                            GoesThroughTheProxyAndNoneOtherThanTheConfigured);

}
