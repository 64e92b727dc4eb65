#include <sidespan_http_server/http_server.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <sys/resource.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "connection.h"
#include "listener.h"
#include "request_gate.h"

namespace sidespan::http_server {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds patienceAtStop{2};

asio::ip::tcp::endpoint parseEndpoint(const ServerOptions& options, const AccessTokens& tokens) {
    boost::system::error_code error;
    auto address = asio::ip::make_address(options.address, error);
    if (error) {
        throw std::runtime_error(
            fmt::format("\"{}\" is not an address to listen on; it must be a number such as 127.0.0.1 or ::1",
                        options.address));
    }
    if (!address.is_loopback() && tokens.isOpen()) {
        throw std::runtime_error(fmt::format(
            "listening on {} lets other machines in, so a token is needed; give one, or listen on 127.0.0.1",
            options.address));
    }
    return {address, options.port};
}

constexpr std::size_t leastConnections = 4;

/// As many connections as the process may have descriptors for.
std::size_t connectionsFor(const ServerOptions& options) {
    rlimit descriptors{};
    if (getrlimit(RLIMIT_NOFILE, &descriptors) != 0) return options.limits.connections;
    const auto most = std::max<std::size_t>(descriptors.rlim_cur, options.otherFiles + leastConnections) -
                      options.otherFiles;
    if (most >= options.limits.connections) return options.limits.connections;
    if (options.onError) {
        options.onError(fmt::format(
            "the process may open at most {} files, so it serves {} connections at a time instead of {}",
            descriptors.rlim_cur, most, options.limits.connections));
    }
    return most;
}

}

class HttpServer::Impl {
public:
    Impl(ServerOptions options, AccessTokens tokens)
        : options_(std::move(options)),
          tokens_(std::move(tokens)),
          limiter_(options_.requestLimits, options_.limitClock ? options_.limitClock : RateTable::Clock::now),
          connections_(connectionsFor(options_)),
          budget_(options_.limits.bufferedBytes),
          listener_(io_, parseEndpoint(options_, tokens_), connections_, options_.onError),
          endpoint_(listener_.endpoint()) {
        // A source that does not answer now may turn out to have no token.
        if (!endpoint_.address().is_loopback()) tokens_.neverOpen();
        if (options_.threads == 0) throw std::runtime_error("at least one thread must serve connections");
    }
    ~Impl() { stop(); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    [[nodiscard]] const asio::ip::tcp::endpoint& endpoint() const noexcept { return endpoint_; }
    void start(Application application);
    void stop();

private:
    void serve();
    void waitForThreads();

    ServerOptions options_;
    AccessTokens tokens_;
    RequestLimiter limiter_;
    ConnectionTable connections_;
    BodyBudget budget_;
    std::function<void()> givenUp_;
    std::optional<RequestGate> gate_;
    std::optional<ConnectionHost> host_;
    asio::io_context io_;  // goes before what connections refer to
    Listener listener_;
    asio::ip::tcp::endpoint endpoint_;
    std::vector<std::thread> threads_;
    std::mutex mutex_;
    std::condition_variable ended_;
    unsigned running_ = 0;
    std::once_flag stopped_;
};

void HttpServer::Impl::start(Application application) {
    gate_.emplace(GateRules{tokens_, options_.origins, options_.proxies, limiter_},
                  std::move(application.routes));
    host_.emplace(ConnectionHost{options_.name, options_.limits, *gate_, std::move(application.trace),
                                 std::move(application.refused), connections_, budget_});
    givenUp_ = std::move(application.givenUp);
    listener_.start(*host_);
    running_ = options_.threads;
    for (unsigned i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { serve(); });
}

void HttpServer::Impl::serve() {
    for (;;) {
        try {
            io_.run();
            break;
        } catch (const std::exception& error) {
            // The connection whose handler failed is closed with it.
            if (options_.onError) options_.onError(fmt::format("a request failed: {}", error.what()));
        }
    }
    std::lock_guard lock(mutex_);
    --running_;
    ended_.notify_all();
}

void HttpServer::Impl::stop() {
    std::call_once(stopped_, [this] {
        listener_.stop();
        connections_.beginClosing();
        waitForThreads();
        for (auto& thread : threads_) thread.join();
    });
}

void HttpServer::Impl::waitForThreads() {
    std::unique_lock lock(mutex_);
    auto allEnded = [this] { return running_ == 0; };
    if (ended_.wait_for(lock, patienceAtStop, allEnded)) return;
    lock.unlock();
    connections_.closeAll();
    if (givenUp_) givenUp_();
}

HttpServer::HttpServer(ServerOptions options, AccessTokens tokens)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(tokens))) {}
HttpServer::~HttpServer() = default;
void HttpServer::start(Application application) {
    impl_->start(std::move(application));
}
std::uint16_t HttpServer::port() const noexcept {
    return impl_->endpoint().port();
}
void HttpServer::stop() {
    impl_->stop();
}

std::string HttpServer::url() const {
    const auto& endpoint = impl_->endpoint();
    auto address = endpoint.address().to_string();
    if (endpoint.address().is_v6()) address = fmt::format("[{}]", address);
    return fmt::format("http://{}:{}", address, endpoint.port());
}

}
