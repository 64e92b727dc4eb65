#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sidespan_http_server/access_tokens.h>
#include <sidespan_http_server/allowed_origins.h>
#include <sidespan_http_server/client_address.h>
#include <sidespan_http_server/refusal.h>
#include <sidespan_http_server/request_limiter.h>
#include <sidespan_http_server/route.h>
#include <sidespan_http_server/server_limits.h>
#include <sidespan_http_server/server_request.h>

namespace sidespan::http_server {

/// What an HttpServer is made from.
struct ServerOptions {
    std::string name = "sidespan";      ///< of the Server header
    std::string address = "127.0.0.1";  ///< an IPv4 or IPv6 address to listen on
    std::uint16_t port = 0;             ///< 0 takes any free port; `HttpServer::port()` tells which
    unsigned threads = 2;               ///< that serve connections; at least 1
    AllowedOrigins origins{};           ///< other servers' origins, whose pages may use this server
    TrustedProxies proxies{};           ///< whose X-Forwarded-For is trusted
    RequestLimits requestLimits{};
    RateTable::Now limitClock{};  ///< the clock of the limits; empty: the steady clock
    ServerLimits limits{};
    std::size_t otherFiles =
        32;  ///< files that the program opens in addition to connections: databases, logs, …
    /// Receives failures that no client is told of, on the server's threads. Must not throw.
    std::function<void(std::string_view)> onError{};
};

/// What a server does.
struct Application {
    std::vector<Route> routes;
    /// Makes the trace of a request whose head was read and judged.
    std::function<std::unique_ptr<RequestTrace>(const ServerRequest&)> trace;
    /// Called for each request that is refused because of its head; may be empty. [any thread]
    std::function<void(const ServerRequest&, const Refusal&)> refused{};
    /// Called by stop() when it has given up the requests under way: nobody hears the answers that the
    /// application still holds, and stop() waits until they are given or dropped. May be empty.
    std::function<void()> givenUp{};
};

/// A server of HTTP/1.1 on its own threads. It judges requests by their heads alone, before any of a body is
/// read; bounds what a client can make it hold; and gives whole requests to the application's routes.
class HttpServer {
public:
    /// Takes the port; connections wait until start(). A server that is open to all listens on loopback only,
    /// and answers to this machine's own names only: a page that made its name resolve to 127.0.0.1 must not
    /// use it. Throws std::runtime_error that says what was wrong and what would be right.
    HttpServer(ServerOptions options, AccessTokens tokens);
    /// Stops.
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    /// Serves from here on. Once. What the application refers to lives until stop() has returned.
    void start(Application application);

    [[nodiscard]] std::uint16_t port() const noexcept;
    /// `http://127.0.0.1:8080`, without a slash at the end.
    [[nodiscard]] std::string url() const;

    /// Takes no new connection, lets requests under way finish for at most two seconds, and ends the threads.
    /// [any thread but the server's own] May be called again, and by several threads. See
    /// Application::givenUp.
    void stop();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}
