#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <sidespan/config.h>
#include <sidespan/deadline.h>
#include <sidespan/http_transport/http_response.h>
#include <sidespan/http_transport/http_transport.h>
#include <sidespan/network/delivery_clock.h>
#include <sidespan/network/detail/request_source.h>
#include <sidespan/outcome.h>

namespace boost::json {
class array;
}

namespace sidespan::inline v0 {

/// Runs a function, soon, on a thread of its own choice: a message thread, a pool.
using Executor = std::function<void(std::function<void()>)>;

/// Sends requests to the configured endpoint in the background, with its token, and retries them. An answer
/// that the endpoint itself did not give is retried, with exponential backoff, full jitter and `Retry-After`:
/// no answer, 407, 408, 421, 425, 429, every 5xx but 501 and 505, redirects to another origin, and a 2xx to a
/// post that is HTML (by its Content-Type, or by a body that begins with '<'), as a captive portal gives. 401
/// and 403 ask the token provider once. Takes endpoint, token, tokenProvider, consent, onError, http and
/// retry from its Config; `retry.maxAttempts` of 0 means 5 here.
///
/// [any thread] Constructing one touches nothing outside memory; one thread of ordinary priority, with
/// signals blocked, starts with the first request. At most 1,000 requests may wait, with at most 64 MiB of
/// bodies (one alone may be larger); others fail at once with `resource`. While consent is not granted
/// nothing is sent: requests fail at once with `noConsent`, and withdrawing it cancels what is under way. In
/// a forked child nothing is sent and no callback is called. It must not be destroyed by one of its own
/// callbacks.
class NetworkClient {
public:
    using Headers = std::map<std::string, std::string>;
    using Callback = std::function<void(const Outcome<HttpResponse>&)>;

    /// Parts of a client that replace the default ones.
    struct Parts {
        /// Runs callbacks. If it is empty or throws, the client's own thread runs them.
        Executor executor{};
        std::unique_ptr<HttpTransport> transport{};
        std::shared_ptr<DeliveryClock> clock{};
    };

    /// A Config that is not valid is reported to its onError, and every request fails with that error.
    explicit NetworkClient(Config config, Executor executor = {});
    NetworkClient(Config config, Parts parts);
    explicit NetworkClient(const ValidConfig& config);
    NetworkClient(const ValidConfig& config, Parts parts);
    /// shutdown() with the configured timeout; then waits for a callback that is still running.
    ~NetworkClient();
    NetworkClient(const NetworkClient&) = delete;
    NetworkClient& operator=(const NetworkClient&) = delete;

    /// Posts `body` to `path`, which is added to the endpoint. The callback is called once, with the response
    /// of a 2xx or an Error: on the executor; without one on the client's thread, or on this thread before
    /// post() returns if nothing can be sent. It is not called after shutdown() has returned. A request that
    /// fails may have reached the server, so every attempt carries the same `Idempotency-Key`.
    void post(std::string path, std::string body, const Headers& headers = {}, const Callback& callback = {});

    /// Fetches `path`, in the same way as post() but without the `Idempotency-Key`. An answer of more than 64
    /// MiB fails with `tooLarge`.
    void get(std::string path, const Headers& headers, const Callback& callback);

    /// Posts spans in native JSON to the telemetry endpoint.
    void sendTelemetrySpans(const boost::json::array& spans, const Callback& callback = {});

    /// Sets the token to send from now on. A sink then sends again what was refused with the old one. A token
    /// with control characters is reported to onError and not used.
    void setToken(std::string token);

    /// Gives up all requests that have not been answered. Their callbacks get `cancelled`.
    void cancel();

    /// Waits for all requests, gives up the rest at the deadline, and ends the thread.
    /// Returns true when everything was answered; never later than 50 ms after the deadline unless a callback
    /// is still running by then.
    bool shutdown(Deadline deadline);

    /// For a sink that delivers through this client.
    [[nodiscard]] detail::RequestRunner& runner() noexcept;

private:
    struct Impl;

    void send(std::string_view method, std::string path, std::string body, const Headers& headers,
              const Callback& callback);

    std::unique_ptr<Impl> impl_;
};

}
