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

/// Someone who may sign in.
struct User {
    std::string name{};      ///< UTF-8, 1 to 64 bytes
    std::string password{};  ///< not empty; kept as a salted hash only
};

/// Where the service sends its own spans; nothing is recorded without an endpoint.
struct Telemetry {
    std::string endpoint{};  ///< a collector's, "http://host:port"
    std::string token{};     ///< what the collector asks for; may be empty
};

/// What a LoopService is made from.
struct LoopServiceOptions {
    std::string address = "127.0.0.1";  ///< an IPv4 or IPv6 address to listen on
    std::uint16_t port = 0;             ///< 0 takes any free port; `LoopService::port()` tells which
    std::filesystem::path database{};  ///< the SQLite file, made when it does not exist; audio goes beside it
    std::string token{};        ///< the bearer token to ask for; may be empty on a loopback address only
    std::vector<User> users{};  ///< who may sign in, beside those who know the token
    std::chrono::seconds tokenLifetime{3'600};  ///< of the token that a sign-in gives; at least a second
    /// Signs the tokens of users; a random key when empty, so that a restart signs everyone out.
    std::optional<sidespan::http_server::TokenSigner> userTokens{};
    sidespan::http_server::TokenClock tokenClock{};  ///< by which these expire; empty: the system clock
    Telemetry telemetry{};
    LoopLimits limits{};
    unsigned threads = 2;  ///< that serve connections; one more writes and one more reads
    /// Receives failures that no client is told of, on the service's threads. Must not throw.
    std::function<void(std::string_view)> onError{};
};

/// Loop Share's backend in this process: users sign in, and share loops. It records what it does with the SDK
/// as any backend would, in the traces of the plugins that call it.
class LoopService {
public:
    /// Opens the database and serves, on its own threads. Throws std::runtime_error that says what was wrong
    /// and what would be right.
    explicit LoopService(LoopServiceOptions options);
    /// Stops.
    ~LoopService();
    LoopService(const LoopService&) = delete;
    LoopService& operator=(const LoopService&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept;
    /// `http://127.0.0.1:8090`, without a slash at the end.
    [[nodiscard]] std::string url() const;

    /// Waits until the spans recorded so far are delivered; false when they were not within `timeout`.
    bool flush(std::chrono::nanoseconds timeout);

    /// Takes no new connection, lets requests under way finish for at most two seconds, stores what was
    /// accepted, and ends the threads. [any thread but the service's own] May be called again.
    void stop();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}
