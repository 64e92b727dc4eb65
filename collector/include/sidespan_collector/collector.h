#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <sidespan_collector/limits.h>
#include <sidespan_collector/retention.h>
#include <sidespan_http_server/access_tokens.h>
#include <sidespan_http_server/allowed_origins.h>
#include <sidespan_http_server/client_address.h>
#include <sidespan_http_server/request_limiter.h>

namespace sidespan::collector {

/// Where a Collector forwards the spans that it accepts, as OTLP.
struct ForwardOptions {
    std::string
        url{};  ///< of an OTLP/HTTP endpoint, with or without `/v1/traces`; if empty, nothing is forwarded
    std::map<std::string, std::string> headers{};  ///< of each request
    /// Bytes of spans that may wait while the target does not answer; beyond it posts are answered with 503.
    std::size_t maxBytes = std::size_t{1} << 30U;
    /// Where they wait. If empty: the database file's name with `.forward`, or `sidespan.forward` without a
    /// file.
    std::filesystem::path folder{};
};

/// What a Collector is made from.
struct CollectorOptions {
    std::string address = "127.0.0.1";  ///< an IPv4 or IPv6 address to listen on
    std::uint16_t port = 0;             ///< 0 takes any free port; `Collector::port()` tells which
    std::filesystem::path database{};   ///< the SQLite file, made when it does not exist
    /// `postgresql://user@host/database` or `sqlite:FILE`, instead of `database`. If a PostgreSQL database is
    /// missing at first, requests that need it are answered with 503 until it exists.
    std::string store{};
    /// The clock that dates arriving spans; empty: the system clock.
    std::function<std::chrono::system_clock::time_point()> storeClock{};
    std::string token{};  ///< the bearer token to ask for; may be empty on a loopback address only
    /// Checks the tokens of users who signed in at another service; empty if there is none.
    std::optional<http_server::TokenSigner> userTokens{};
    http_server::AllowedOrigins origins{};  ///< other servers' origins, whose pages may send and read spans
    http_server::TrustedProxies proxies{};  ///< whose X-Forwarded-For is trusted
    http_server::RequestLimits requestLimits{
        .perAddress = 6'000, .perToken = 120'000, .perInstallation = 1'200};
    http_server::RateTable::Now limitClock{};  ///< the clock of the limits; empty: the steady clock
    /// Receives a line for each request that was refused because of its sender or its rate, on the
    /// collector's threads. If empty, no line is written. Must not throw.
    std::function<void(std::string_view)> onRefusal{};
    http_server::TokenClock tokenClock{};  ///< by which tokens expire; empty: the system clock
    Retention retention{};                 ///< by default nothing is deleted
    ForwardOptions forward{};
    Limits limits{};
    unsigned threads = 2;  ///< that serve connections; one more writes and one more reads the database
    /// Receives failures that no client is told of, on the collector's threads. Must not throw.
    std::function<void(std::string_view)> onError{};
};

/// The reference server of `POST /api/v1/telemetry/spans`, with its page, in this process.
/// Serves from construction to `stop()`, on its own threads.
class Collector {
public:
    /// Opens the database and listens. Throws std::runtime_error that says what is wrong and what is allowed:
    /// a wrong address, a port in use, a file that is not a database of this collector, no token on an
    /// address that others can reach, a wrong forward address or header. Throws std::invalid_argument for a
    /// retention that is not positive.
    explicit Collector(CollectorOptions options);
    /// Stops.
    ~Collector();
    Collector(const Collector&) = delete;
    Collector& operator=(const Collector&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept;
    /// `http://127.0.0.1:8080`, without a slash at the end.
    [[nodiscard]] std::string url() const;

    /// The file, or the database and its server, without user and password.
    [[nodiscard]] std::string storeDescription() const;

    /// Takes no new connection, lets requests under way finish for at most two seconds, writes what was
    /// accepted, and ends the threads. [any thread but the collector's own] May be called again, and by
    /// several threads.
    void stop();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}
