#pragma once

#include <functional>
#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include "session.h"

namespace sidespan::collector {

/// Accepts connections and starts a Session for each.
class Listener {
public:
    /// Listens from here on. Throws std::runtime_error when the address or port cannot be had.
    Listener(boost::asio::io_context& io, const boost::asio::ip::tcp::endpoint& endpoint,
             const SessionHost& host, std::function<void(std::string_view)> onError);

    [[nodiscard]] boost::asio::ip::tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }
    void start() { accept(); }
    /// Closes the door. [any thread] The Listener must live until the io_context has run out of work.
    void stop();

private:
    void accept();
    void onAccept(boost::system::error_code error, boost::asio::ip::tcp::socket socket);
    void pause();

    boost::asio::io_context& io_;
    const SessionHost& host_;
    std::function<void(std::string_view)> onError_;
    boost::asio::strand<boost::asio::io_context::executor_type> strand_;
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer timer_;
};

}
