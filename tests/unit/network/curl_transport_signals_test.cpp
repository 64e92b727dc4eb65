// Destroying the transport must not raise SIGPIPE on the host's thread. The send() below replaces the C
// library's for libcurl, so this program must export its symbols.
#include <sidespan/http_curl/curl_transport.h>

#include <csignal>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "support/fault_server.h"
#include "support/temporary_directory.h"
#include "support/tls_identities.h"

namespace {

thread_local bool isWatched = false;
thread_local int sends = 0;
thread_local int sendsThatMayRaise = 0;

bool isSigpipeBlocked() {
    sigset_t blocked;
    sigemptyset(&blocked);
    ::pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
    return sigismember(&blocked, SIGPIPE) == 1;
}

}

// libcurl passes MSG_NOSIGNAL since 7.87. Before, OpenSSL called write(), which cannot.
extern "C" __attribute__((visibility("default"))) ssize_t send(int socket, const void* data, std::size_t size,
                                                               int flags) {
    if (isWatched) {
        ++sends;
        if (!isSigpipeBlocked()) ++sendsThatMayRaise;
    }
    return ::syscall(SYS_sendto, socket, data, size, flags, nullptr, 0);
}

namespace sidespan::test {
namespace {

TEST(CurlTransportSignals, AreNotRaisedByTheGoodbyeOfTls) {
    const TestAuthority authority;
    FaultServer server(authority.issue("127.0.0.1"));
    const TemporaryDirectory directory;
    std::ofstream(directory / "ca.pem") << authority.certificate();
    auto transport =
        std::make_unique<CurlTransport>(CurlTransport::Options{.caFile = directory / "ca.pem", .proxy = {}});
    transport->prepare();
    HttpRequest request;
    request.url = server.url() + "/";
    Cancellation cancellation;
    ASSERT_TRUE(transport->send(request, cancellation).isSuccess());
    EXPECT_FALSE(isSigpipeBlocked());
    isWatched = true;
    transport.reset();
    isWatched = false;
    if (sends == 0) GTEST_SKIP() << "this libcurl sends in another way";
    EXPECT_EQ(sendsThatMayRaise, 0);
    EXPECT_FALSE(isSigpipeBlocked());
}

}
}
