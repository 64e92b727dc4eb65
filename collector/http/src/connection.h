#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include <sidespan_http_server/http_server.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "connection_table.h"

namespace sidespan::http_server {

class RequestGate;

/// What all connections of a server share.
struct ConnectionHost {
    const std::string& serverName;
    const ServerLimits& limits;
    const RequestGate& gate;
    std::function<std::unique_ptr<RequestTrace>(const ServerRequest&)> makeTrace;
    std::function<void(const ServerRequest&, const Refusal&)> refused;
    ConnectionTable& connections;
    BodyBudget& budget;
};

/// One connection: reads a request, has it answered, and again. Keeps itself alive while something is under
/// way; all of it happens on the socket's strand.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(boost::asio::ip::tcp::socket socket, const ConnectionHost& host);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] boost::asio::any_io_executor executor() { return stream_.get_executor(); }
    /// Begins; closes the connection at once when there is no room for it.
    void start();

private:
    using Error = boost::beast::error_code;
    using Parser = boost::beast::http::request_parser<boost::beast::http::buffer_body>;
    using Response = boost::beast::http::response<boost::beast::http::string_body>;
    using Clock = std::chrono::steady_clock;
    static constexpr std::size_t chunkSize = 16U << 10;  ///< read at one time

    void awaitRequest();
    void readHead();
    void onHead(Error error);
    [[nodiscard]] bool isFramed() const;
    void sendContinue();
    void beginBody();
    void readBody();
    void onBodyPart(Error error);
    void onBodyEnd();
    void refuse(ServerResponse response);
    [[nodiscard]] bool mayPassOver() const;
    void refuseBroken(Error error);
    void send(ServerResponse response);
    void setOriginHeaders();
    void onSent(Error error);
    void linger();
    void drain();
    void close();

    boost::beast::tcp_stream stream_;
    const ConnectionHost& host_;
    std::string peer_;  ///< the address of the other side
    ConnectionTable::Id id_ = 0;
    boost::beast::flat_buffer buffer_;
    std::optional<Parser> parser_;
    std::optional<ServerRequest> request_;
    std::string origin_;  ///< of a page of another server that may read the answer; empty for all else
    std::optional<ServerResponse> refusal_;  ///< waits for the end of a body that is passed over
    std::array<char, chunkSize> chunk_;
    Clock::time_point bodyStart_;
    Response response_;
    BodyBudget::Reservation responseReservation_;
    bool headOnly_ = false;   ///< the request was HEAD
    bool keepAlive_ = false;  ///< after the answer
};

}
