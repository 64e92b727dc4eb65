#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include "connection.h"

namespace sidespan::http_server {

/// Accepts connections and starts a Connection for each.
class Listener {
public:
    /// Listens from here on. Throws std::runtime_error when the address or port cannot be had.
    Listener(boost::asio::io_context& io, const boost::asio::ip::tcp::endpoint& endpoint,
             ConnectionTable& connections, std::function<void(std::string_view)> onError);

    [[nodiscard]] boost::asio::ip::tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }
    /// Accepts from here on. Once.
    void start(const ConnectionHost& host);
    /// Closes the door. [any thread] The Listener must live until the io_context has run out of work.
    void stop();

private:
    void accept();
    void onAccept(boost::system::error_code error, boost::asio::ip::tcp::socket socket);
    void makeRoom(boost::system::error_code error);

    boost::asio::io_context& io_;
    const ConnectionHost* host_ = nullptr;
    ConnectionTable& connections_;
    std::function<void(std::string_view)> onError_;
    boost::asio::strand<boost::asio::io_context::executor_type> strand_;
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer timer_;
    std::optional<std::chrono::steady_clock::time_point> reported_;  ///< when it last said it has no room
};

}
