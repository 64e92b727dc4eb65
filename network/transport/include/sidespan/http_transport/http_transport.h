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
    /// percent-encoded; none when empty, whatever the environment says. With WinHTTP the system's when empty.
    std::string proxy;
};

/// Makes HTTP exchanges, one at a time. A cold edge: everything above it is the same for every HTTP library.
///
/// Constructing one touches nothing outside memory. `prepare()` comes once before the first `send()`, on a
/// thread of the user's: what is loaded there is not loaded on a thread that an unloading host waits for.
/// `send()` blocks until the answer is there, a timeout
/// passed, or it was cancelled, which interrupts it within 100 ms wherever it is. It answers with a response
/// of any status, and does not follow redirects; an Error says `network`, `timeout`, `cancelled` or
/// `resource`, always with the same words for the same cause. Certificates are verified. Connections are kept
/// open between calls.
class HttpTransport {
public:
    virtual ~HttpTransport() = default;
    /// May block and allocate. What fails is told by every send().
    virtual void prepare() noexcept {}
    [[nodiscard]] virtual Outcome<HttpResponse> send(const HttpRequest& request,
                                                     Cancellation& cancellation) = 0;
    /// How much of the last request's body left the machine, after a send() that failed; more than it had
    /// where that cannot be told.
    [[nodiscard]] virtual std::uint64_t bodyBytesSent() const noexcept { return ~std::uint64_t{0}; }
};

}
