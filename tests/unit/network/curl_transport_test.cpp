#include <sidespan/http_curl/curl_transport.h>

#include <cstdlib>
#include <future>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/black_hole.h"
#include "support/cancelled_exchange.h"
#include "support/http_transport_connection_contract.h"
#include "support/http_transport_contract.h"
#include "support/sanitizers.h"

namespace sidespan::test {

struct MakeCurl {
    static constexpr auto noHttp = ErrorCode::badAnswer;

    static std::unique_ptr<HttpTransport> transport(HttpTransportOptions options) {
        auto transport = std::make_unique<CurlTransport>(std::move(options));
        transport->prepare();
        return transport;
    }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Curl, HttpTransportContract, MakeCurl);
INSTANTIATE_TYPED_TEST_SUITE_P(Curl, HttpTransportConnectionContract, MakeCurl);

TEST(CurlTransport, SaysWhatWasLeftOut) {
    HttpRequest request;
    request.url = "http://127.0.0.1:9/";
    Cancellation cancellation;
    const auto outcome = CurlTransport({}).send(request, cancellation);
    ASSERT_FALSE(outcome.isSuccess());
    EXPECT_EQ(outcome.error().message, "CurlTransport::prepare() must be called before send()");
}

TEST(CurlTransport, GoesThroughTheProxyWhateverTheEnvironmentSays) {
    ::setenv("no_proxy", "*", 1);
    FaultServer proxy;
    FaultServer server;
    const auto transport = MakeCurl::transport({.caFile = {}, .proxy = proxy.url()});
    HttpRequest request;
    request.url = server.url() + "/";
    Cancellation cancellation;
    EXPECT_TRUE(transport->send(request, cancellation).isSuccess());
    ::unsetenv("no_proxy");
    EXPECT_EQ(proxy.requestCount(), 1U);
    EXPECT_EQ(server.requestCount(), 0U);
}

TEST(CurlTransport, ConnectsForAsLongAsItMayThoughNothingMoves) {
    const BlackHole hole;
    HttpRequest request;
    request.url = hole.url();
    request.connectTimeout = std::chrono::milliseconds{100};
    request.idleTimeout = std::chrono::milliseconds{1};
    Cancellation cancellation;
    const auto outcome = MakeCurl::transport({})->send(request, cancellation);
    ASSERT_FALSE(outcome.isSuccess());
    EXPECT_EQ(outcome.error().code, ErrorCode::timeout);
    EXPECT_NE(outcome.error().message.find("did not answer in time"), std::string::npos)
        << outcome.error().message;
}

TEST(CurlTransport, LeavesNoConnectionToProgramsThatTheProcessStarts) {
    FaultServer server;
    const auto transport = MakeCurl::transport({});
    HttpRequest request;
    request.url = server.url() + "/";
    Cancellation cancellation;
    ASSERT_TRUE(transport->send(request, cancellation).isSuccess());
    bool isFound = false;
    for (int socket = 0; socket < 1024; ++socket) {
        sockaddr_in peer{};
        socklen_t size = sizeof peer;
        if (::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
        if (peer.sin_family != AF_INET || ntohs(peer.sin_port) != server.port()) continue;
        isFound = true;
        EXPECT_NE(::fcntl(socket, F_GETFD) & FD_CLOEXEC, 0);
    }
    EXPECT_TRUE(isFound);
}

// No descriptor is left for a while.
class NoDescriptors {
public:
    NoDescriptors() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const int next = ::dup(0);
        ::close(next);
        rlimit none = before_;
        none.rlim_cur = static_cast<rlim_t>(next);
        ::setrlimit(RLIMIT_NOFILE, &none);
    }
    ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
    NoDescriptors(const NoDescriptors&) = delete;
    NoDescriptors& operator=(const NoDescriptors&) = delete;

private:
    rlimit before_{};
};

TEST(CurlTransport, IsCancelledThoughItBeganWithoutDescriptors) {
    if (isSanitized) GTEST_SKIP() << "UndefinedBehaviorSanitizer looks at an object through a pipe";
    FaultServer server;
    std::promise<void> silent;
    server.then([&](Exchange& exchange) {
        exchange.read();
        exchange.pause(std::chrono::milliseconds{300});  // a timer of libcurl's ends a wait after 200
        silent.set_value();
        exchange.hold();
    });
    const auto transport = MakeCurl::transport({});
    HttpRequest request;
    request.url = server.url() + "/";
    Cancellation cancellation;
    {
        const NoDescriptors none;
        EXPECT_FALSE(transport->send(request, cancellation).isSuccess());
    }
    const auto outcome = sendAndCancel(*transport, request, cancellation, [&] {
        EXPECT_EQ(silent.get_future().wait_for(std::chrono::seconds{10}), std::future_status::ready);
    });
    EXPECT_FALSE(outcome.isSuccess());
}

TEST(CurlTransportProxy, GetsTheCredentialsAndNobodyElseDoes) {
    FaultServer proxy;
    proxy.then(faults::answer(407, "<html>who are you</html>")).otherwise(faults::store());
    const auto address = "HTTP://user:p%40ss@127.0.0.1:" + std::to_string(proxy.port());
    const auto transport = MakeCurl::transport({.caFile = {}, .proxy = address});
    HttpRequest request;
    request.url = "http://telemetry.example.com/";
    Cancellation cancellation;
    EXPECT_EQ(transport->send(request, cancellation).value().status, 407);
    EXPECT_EQ(proxy.requests().at(0).header("proxy-authorization"), "Basic dXNlcjpwQHNz");
    proxy.refuse();
    const auto outcome = transport->send(request, cancellation);
    ASSERT_FALSE(outcome.isSuccess());
    EXPECT_EQ(outcome.error().message.find("p%40ss"), std::string::npos) << outcome.error().message;
}

TEST(CurlTransportProxy, ThatLetsNothingThroughIsNamed) {
    FaultServer proxy;
    proxy.otherwise(faults::answer(407));
    const auto transport = MakeCurl::transport({.caFile = {}, .proxy = proxy.url()});
    HttpRequest request;
    request.url = "https://telemetry.example.com/";
    Cancellation cancellation;
    const auto outcome = transport->send(request, cancellation);
    ASSERT_FALSE(outcome.isSuccess());
    EXPECT_EQ(outcome.error().code, ErrorCode::network);
    EXPECT_NE(outcome.error().message.find("407; check the user and password"), std::string::npos)
        << outcome.error().message;
}

}
