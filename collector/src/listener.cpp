#include "listener.h"

#include <chrono>
#include <memory>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/post.hpp>

namespace sidespan::collector {

namespace asio = boost::asio;

Listener::Listener(asio::io_context& io, const asio::ip::tcp::endpoint& endpoint, const SessionHost& host,
                   std::function<void(std::string_view)> onError)
    : io_(io),
      host_(host),
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
        if (error != asio::error::connection_aborted) return pause();
        return accept();
    }
    boost::system::error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    auto session = std::make_shared<Session>(std::move(socket), host_);
    asio::dispatch(session->executor(), [session] { session->start(); });
    accept();
}

/// The process is out of descriptors or memory: trying again at once would only burn time.
void Listener::pause() {
    constexpr std::chrono::milliseconds rest{100};
    timer_.expires_after(rest);
    timer_.async_wait([this](auto error) {
        if (!error && acceptor_.is_open()) accept();
    });
}

}
