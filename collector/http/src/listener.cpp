#include "listener.h"

#include <chrono>
#include <memory>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/post.hpp>

namespace sidespan::http_server {

namespace asio = boost::asio;

Listener::Listener(asio::io_context& io, const asio::ip::tcp::endpoint& endpoint,
                   ConnectionTable& connections, std::function<void(std::string_view)> onError)
    : io_(io),
      connections_(connections),
      onError_(std::move(onError)),
      strand_(asio::make_strand(io)),
      acceptor_(strand_),
      timer_(strand_) {
    try {
        acceptor_.open(endpoint.protocol());
        acceptor_.set_option(asio::socket_base::reuse_address(true));
        acceptor_.bind(endpoint);
        acceptor_.listen(asio::socket_base::max_listen_connections);
    } catch (const boost::system::system_error& error) {
        throw std::runtime_error(fmt::format("cannot listen on {} port {}: {}",
                                             endpoint.address().to_string(), endpoint.port(),
                                             error.code().message()));
    }
}

void Listener::start(const ConnectionHost& host) {
    host_ = &host;
    accept();
}

void Listener::stop() {
    asio::post(strand_, [this] {
        boost::system::error_code ignored;
        acceptor_.close(ignored);
        timer_.cancel();
    });
}

void Listener::accept() {
    acceptor_.async_accept(asio::make_strand(io_),
                           [this](auto error, auto socket) { onAccept(error, std::move(socket)); });
}

void Listener::onAccept(boost::system::error_code error, asio::ip::tcp::socket socket) {
    if (!acceptor_.is_open()) return;
    if (error) {
        if (error != asio::error::connection_aborted) return makeRoom(error);
        return accept();
    }
    boost::system::error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    auto connection = std::make_shared<Connection>(std::move(socket), *host_);
    asio::dispatch(connection->executor(), [connection] { connection->start(); });
    accept();
}

/// The process is out of descriptors or memory: a connection that nobody uses gives way, and where there is
/// none the others are waited for, since trying again at once would only burn time.
void Listener::makeRoom(boost::system::error_code error) {
    constexpr std::chrono::milliseconds rest{20};
    const bool wasIdle = connections_.closeLongestIdle();
    constexpr std::chrono::seconds quiet{10};
    const auto now = std::chrono::steady_clock::now();
    if (onError_ && (!reported_ || now - *reported_ > quiet)) {
        reported_ = now;
        onError_(fmt::format(
            "a connection could not be accepted: {}; {}", error.message(),
            wasIdle ? "idle connections are closed to make room" : "none is idle, so new ones wait"));
    }
    timer_.expires_after(rest);
    timer_.async_wait([this](auto failed) {
        if (!failed && acceptor_.is_open()) accept();
    });
}

}
