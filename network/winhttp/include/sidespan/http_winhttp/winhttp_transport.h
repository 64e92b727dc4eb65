#pragma once

#include <memory>

#include <sidespan/http_transport/http_transport.h>

namespace sidespan::inline v0 {

/// HttpTransport over WinHTTP: the system's TLS, certificates, name resolution and proxies. HTTP/1.1 with
/// keep-alive. If its options have no proxy, it uses the one that is set in Windows.
///
/// With a `caFile`, every send() fails with an error that says so: Windows trusts the certificates in its
/// store, and a certificate must be added there. A proxy that speaks TLS is refused as well.
///
/// The destructor waits, for 500 ms at most, until the system has released cancelled requests. If it has not,
/// for example because a name server is silent, this binary stays loaded until the process ends.
class WinHttpTransport final : public HttpTransport {
public:
    explicit WinHttpTransport(HttpTransportOptions options);
    ~WinHttpTransport() override;
    WinHttpTransport(const WinHttpTransport&) = delete;
    WinHttpTransport& operator=(const WinHttpTransport&) = delete;

    [[nodiscard]] Outcome<HttpResponse> send(const HttpRequest& request, Cancellation& cancellation) override;
    [[nodiscard]] std::uint64_t bodyBytesSent() const noexcept override { return bodyBytesSent_; }

private:
    class Session;
    HttpTransportOptions options_;
    std::unique_ptr<Session> session_;  // made by the first send()
    std::uint64_t bodyBytesSent_ = 0;
};

}
