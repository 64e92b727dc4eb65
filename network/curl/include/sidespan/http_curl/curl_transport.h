#pragma once

#include <memory>
#include <string>

#include <sidespan/http_transport/http_transport.h>

namespace sidespan::inline v0 {

/// HttpTransport over libcurl. HTTP/1.1 with keep-alive; names are resolved with c-ares in the same wait as
/// everything else, so a resolver that hangs can be given up (curl's own way is a thread it has to join).
/// Names that only the system's other sources know (mDNS, nsswitch modules) are therefore not found. Behind a
/// proxy, the proxy resolves the server's name, and c-ares the proxy's.
///
/// A program may end while this sends. Where the SDK is the first to use OpenSSL, it keeps OpenSSL from
/// cleaning up when the program ends. Otherwise no request of TLS is sent once OpenSSL begins with that,
/// which is before the destructors of statics that are older than the first use of OpenSSL; plain http is
/// sent at any time.
///
/// Meant for a thread on which SIGPIPE is blocked.
class CurlTransport final : public HttpTransport {
public:
    struct Options : HttpTransportOptions {
        /// "address[:port],…": asked instead of the system's name servers when not empty.
        std::string nameServers;
    };

    explicit CurlTransport(Options options);
    ~CurlTransport() override;
    CurlTransport(const CurlTransport&) = delete;
    CurlTransport& operator=(const CurlTransport&) = delete;

    [[nodiscard]] Outcome<HttpResponse> send(const HttpRequest& request, Cancellation& cancellation) override;
    [[nodiscard]] std::uint64_t bodyBytesSent() const noexcept override;

private:
    class Session;
    Options options_;
    bool speaksTls_;                    // has done so, or will
    std::unique_ptr<Session> session_;  // made by the first send()
};

}
