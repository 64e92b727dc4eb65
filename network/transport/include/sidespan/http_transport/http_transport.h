#pragma once

#include <cstdint>
#include <string>

#include <sidespan/http_transport/cancellation.h>
#include <sidespan/http_transport/http_request.h>
#include <sidespan/http_transport/http_response.h>
#include <sidespan/outcome.h>

namespace sidespan::inline v0 {

/// How a transport reaches servers.
struct HttpTransportOptions {
    std::string caFile;  ///< PEM file of trusted certificates; the system's when empty
    /// "http://host:port" or "http://user:password@host:port", with '@', ':' and '/' in user and password
    /// percent-encoded. If empty: no proxy, whatever the environment says; with WinHTTP, the system's proxy.
    std::string proxy;
};

/// Makes HTTP exchanges, one at a time. The same interface for every HTTP library.
///
/// Constructing one touches nothing outside memory. `prepare()` is called once before the first `send()`, on
/// a thread of the user's: a host that unloads a plugin waits for the SDK's threads, so these must not load
/// libraries. `send()` blocks until there is an answer, a timeout has passed, or the call is cancelled, which
/// interrupts it within 100 ms. It returns a response of any status, and does not follow redirects. An Error
/// is `network`, `timeout`, `badAnswer`, `cancelled`, `invalidConfig` (the URL) or `resource`, always with
/// the same words for the same cause. Certificates are verified. Connections are kept open between calls.
class HttpTransport {
public:
    virtual ~HttpTransport() = default;
    /// May block and allocate. If it fails, every send() reports that: it is not called again.
    virtual void prepare() noexcept {}
    [[nodiscard]] virtual Outcome<HttpResponse> send(const HttpRequest& request,
                                                     Cancellation& cancellation) = 0;
    /// How many bytes of the last request's body were sent, after a send() that failed; larger than the body
    /// if that is not known.
    [[nodiscard]] virtual std::uint64_t bodyBytesSent() const noexcept { return ~std::uint64_t{0}; }
};

}
