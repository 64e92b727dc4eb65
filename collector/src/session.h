#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include <sidespan_collector/limits.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "answer.h"
#include "connection_table.h"
#include "request.h"

namespace sidespan::collector {

class Api;
class Gatekeeper;

/// What all sessions of a collector share.
struct SessionHost {
    const Limits& limits;
    const Gatekeeper& gatekeeper;
    Api& api;
    ConnectionTable& connections;
    ByteBudget& budget;
};

/// One connection: reads a request, has it answered, and again. Keeps itself alive while something is under
/// way; all of it happens on the socket's strand.
class Session : public std::enable_shared_from_this<Session> {
public:
    Session(boost::asio::ip::tcp::socket socket, const SessionHost& host);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

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
    void refuse(Answer answer);
    [[nodiscard]] bool mayPassOver() const;
    void refuseBroken(Error error);
    void send(Answer answer);
    void onSent(Error error);
    void linger();
    void drain();
    void close();

    boost::beast::tcp_stream stream_;
    const SessionHost& host_;
    ConnectionTable::Id id_ = 0;
    boost::beast::flat_buffer buffer_;
    std::optional<Parser> parser_;
    std::optional<Request> request_;
    std::optional<Answer> refusal_;  ///< waits for the end of a body that is passed over
    std::array<char, chunkSize> chunk_;
    Clock::time_point bodyStart_;
    Response response_;
    ByteBudget::Reservation responseReservation_;
    bool headOnly_ = false;   ///< the request was HEAD
    bool keepAlive_ = false;  ///< after the answer
};

}
