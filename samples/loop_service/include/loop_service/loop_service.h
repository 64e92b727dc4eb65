#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <loop_service/loop_limits.h>
#include <sidespan_http_server/access_tokens.h>

namespace loop_service {

/// A user who may sign in.
struct User {
    std::string name{};      ///< UTF-8, 1 to 64 bytes
    std::string password{};  ///< not empty; only a salted hash is kept
};

/// Where the service sends its own spans. Without an endpoint, nothing is recorded.
struct Telemetry {
    std::string endpoint{};  ///< of a collector: "http://host:port"
    std::string token{};     ///< the bearer token for the collector; may be empty
};

/// The options of a LoopService.
struct LoopServiceOptions {
    std::string address = "127.0.0.1";  ///< an IPv4 or IPv6 address to listen on
    std::uint16_t port = 0;             ///< 0: any free port, which `LoopService::port()` returns
    std::filesystem::path database{};   ///< the SQLite file, created if missing; audio is stored beside it
    std::string token{};  ///< the bearer token that clients need; may be empty only on a loopback address
    std::vector<User> users{};                  ///< who may sign in; clients with the token need not
    std::chrono::seconds tokenLifetime{3'600};  ///< of the token that a sign-in returns; at least a second
    /// Signs the tokens of users. If empty, the key is random, and a restart signs everyone out.
    std::optional<sidespan::http_server::TokenSigner> userTokens{};
    sidespan::http_server::TokenClock tokenClock{};  ///< by which they expire; empty: the system clock
    Telemetry telemetry{};
    LoopLimits limits{};
    unsigned threads = 2;  ///< that serve connections; two more access the database
    /// Called with failures that no client learns of, on the service's threads. Must not throw.
    std::function<void(std::string_view)> onError{};
};

/// Loop Share's backend, in this process: users sign in and share loops. It records its work with the SDK, in
/// the traces of the plugins that call it.
class LoopService {
public:
    /// Opens the database and starts to serve, on its own threads. Throws std::runtime_error that says what
    /// is wrong and what would be right.
    explicit LoopService(LoopServiceOptions options);
    /// Calls stop().
    ~LoopService();
    LoopService(const LoopService&) = delete;
    LoopService& operator=(const LoopService&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept;
    /// `http://127.0.0.1:8090`, without a slash at the end.
    [[nodiscard]] std::string url() const;

    /// Waits until the spans that were recorded so far are delivered. False if that takes longer than
    /// `timeout`.
    bool flush(std::chrono::nanoseconds timeout);

    /// Accepts no new connections, waits at most two seconds for requests under way, stores what was
    /// accepted, and ends the threads. May be called again. [any thread but the service's own]
    void stop();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}
