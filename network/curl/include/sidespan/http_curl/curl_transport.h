#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include <sidespan/http_transport/http_transport.h>

namespace sidespan::inline v0 {

namespace detail {
class NameLookup;
}

/// HttpTransport over libcurl. HTTP/1.1 with keep-alive. libcurl is opened by prepare() (libcurl.so.4, then
/// libcurl-gnutls.so.4), and stays in memory until the process ends; where there is none of version 7.68 or
/// later, every send() fails and says so. With SIDESPAN_CURL=link it is linked instead.
///
/// Names are resolved so that a resolver that hangs can be given up (curl's own way is a thread it has to
/// join): by the C library's getaddrinfo_a(), or with SIDESPAN_RESOLVER=c-ares by c-ares. The C library asks
/// on threads of its own. They run none of our code, end a second after their last question, and may outlive
/// this object and the library that holds it: four at most where a resolver never answers, and then requests
/// fail until it does. A child of fork() has none of these threads, though its C library may count on them: a
/// look-up there may never be answered, and each request then fails at its connect timeout. c-ares needs no
/// thread, but does not find what only other sources of the system know (mDNS, modules of nsswitch.conf).
/// Behind a proxy, the proxy resolves the server's name.
///
/// A program may end while this sends. Where the SDK is the first to use OpenSSL, it keeps OpenSSL from
/// cleaning up when the program ends. Otherwise no request of TLS is sent once OpenSSL begins with that,
/// which is before the destructors of statics that are older than the first use of OpenSSL; plain http is
/// sent at any time.
///
/// Meant for a thread on which SIGPIPE is blocked.
class CurlTransport final : public HttpTransport {
public:
    using Options = HttpTransportOptions;

    explicit CurlTransport(Options options);
    /// With another way to look up names, for tests.
    CurlTransport(Options options, std::unique_ptr<detail::NameLookup> lookup);
    ~CurlTransport() override;
    CurlTransport(const CurlTransport&) = delete;
    CurlTransport& operator=(const CurlTransport&) = delete;

    /// Opens libcurl, and then has what it uses for TLS prepared for the end of the program. Reads files, and
    /// waits for the lock under which a host unloads libraries.
    void prepare() noexcept override;
    [[nodiscard]] Outcome<HttpResponse> send(const HttpRequest& request, Cancellation& cancellation) override;
    [[nodiscard]] std::uint64_t bodyBytesSent() const noexcept override;

private:
    class Session;
    Options options_;
    std::unique_ptr<detail::NameLookup> lookup_;  // until the first send()
    std::optional<Error> problem_;                // why nothing can be sent; before prepare(), that
    bool speaksTls_;                              // has done so, or will
    std::unique_ptr<Session> session_;            // made by the first send()
};

}
