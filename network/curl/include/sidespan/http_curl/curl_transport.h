#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include <sidespan/http_transport/http_transport.h>

namespace sidespan::inline v0 {

namespace detail {
class NameLookup;
}

/// HttpTransport over libcurl. HTTP/1.1 with keep-alive. prepare() opens libcurl (libcurl.so.4, then
/// libcurl-gnutls.so.4), which stays in memory until the process ends. If there is no libcurl of version 7.68
/// or later, every send() fails with an error that says so. With SIDESPAN_CURL=link libcurl is linked
/// instead.
///
/// Host names are looked up in a way that can be given up when a resolver hangs. (curl's own way is a thread
/// that it must join.) The look-up uses the C library's getaddrinfo_a(), or with SIDESPAN_RESOLVER=c-ares
/// c-ares. The C library asks on threads of its own. They run none of our code and end a second after their
/// last query. They may outlive this object and the library that contains it. If a resolver never answers, at
/// most four are left, and then requests fail until it answers. A child of fork() has none of these threads,
/// though its C library may count on them: there a look-up may never be answered, and each request then fails
/// at its connect timeout. c-ares needs no thread, but does not find names that only other sources of the
/// system know (mDNS, modules of nsswitch.conf). Behind a proxy, the proxy resolves the server's name.
///
/// A program may end while this sends. If the SDK is the first to use OpenSSL, it keeps OpenSSL from cleaning
/// up when the program ends. Otherwise no TLS request is sent once OpenSSL begins to clean up, which is
/// before the destructors of statics that are older than the first use of OpenSSL. Plain http can be sent at
/// any time.
///
/// send() is meant for a thread on which SIGPIPE is blocked.
class CurlTransport final : public HttpTransport {
public:
    using Options = HttpTransportOptions;

    explicit CurlTransport(Options options);
    /// With another NameLookup, for tests.
    CurlTransport(Options options, std::unique_ptr<detail::NameLookup> lookup);
    ~CurlTransport() override;
    CurlTransport(const CurlTransport&) = delete;
    CurlTransport& operator=(const CurlTransport&) = delete;

    /// Opens libcurl, and prepares its TLS library for the end of the program. Reads files, and waits for the
    /// lock under which a host unloads libraries.
    void prepare() noexcept override;
    [[nodiscard]] Outcome<HttpResponse> send(const HttpRequest& request, Cancellation& cancellation) override;
    [[nodiscard]] std::uint64_t bodyBytesSent() const noexcept override;

private:
    class Session;
    Options options_;
    std::unique_ptr<detail::NameLookup> lookup_;  // until the first send()
    std::optional<Error> problem_;                // why nothing can be sent, if so
    bool speaksTls_;                              // has sent, or will send, over TLS
    std::unique_ptr<Session> session_;            // made by the first send()
};

}
