#include "collector_client.h"

#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "support/patience.h"

namespace sidespan::collector::testing {

namespace asio = boost::asio;
namespace http = boost::beast::http;

struct Client::Connection {
    template <class Start>
    void withDeadline(Start start) {
        boost::system::error_code result = asio::error::would_block;
        stream.expires_after(test::patience);
        start([&result](boost::system::error_code error, auto...) { result = error; });
        io.restart();
        io.run();
        if (result) throw boost::system::system_error(result);
    }
    /// False when there is none, because the server has closed the connection.
    bool readByte() {
        try {
            char byte = 0;
            withDeadline([&](auto done) { stream.async_read_some(asio::buffer(&byte, 1), done); });
            return true;
        } catch (const boost::system::system_error& error) {
            if (error.code() != asio::error::eof && error.code() != asio::error::connection_reset) throw;
            return false;
        }
    }

    asio::io_context io;
    boost::beast::tcp_stream stream{io};
    boost::beast::flat_buffer buffer;
};

Client::Client(std::uint16_t port) : connection_(std::make_unique<Connection>()) {
    const asio::ip::tcp::endpoint server(asio::ip::address_v4::loopback(), port);
    connection_->withDeadline([&](auto done) { connection_->stream.async_connect(server, done); });
}

Client::Client(Client&&) noexcept = default;
Client::~Client() = default;

Client::Response Client::request(std::string_view method, std::string_view target, std::string body,
                                 const Headers& headers) {
    http::request<http::string_body> request;
    request.version(11);
    request.method_string({method.data(), method.size()});
    request.target({target.data(), target.size()});
    request.set(http::field::host, "127.0.0.1");
    for (const auto& [name, value] : headers) request.set(name, value);
    request.body() = std::move(body);
    if (!request.body().empty() || method == "POST") request.prepare_payload();
    connection_->withDeadline([&](auto done) { http::async_write(connection_->stream, request, done); });
    return read(method == "HEAD");
}

void Client::holdLittle() {
    connection_->stream.socket().set_option(asio::socket_base::receive_buffer_size(4096));
}

void Client::send(std::string_view bytes) {
    connection_->withDeadline(
        [&](auto done) { asio::async_write(connection_->stream, asio::buffer(bytes), done); });
}

Client::Response Client::read(bool headOnly) {
    http::response_parser<http::string_body> parser;
    parser.body_limit(boost::none);
    parser.skip(headOnly);
    connection_->withDeadline(
        [&](auto done) { http::async_read(connection_->stream, connection_->buffer, parser, done); });
    const auto message = parser.release();
    Response response;
    response.status = static_cast<int>(message.result_int());
    response.body = message.body();
    for (const auto& field : message)
        response.headers.push_back({std::string(field.name_string()), std::string(field.value())});
    return response;
}

bool Client::isClosedByServer() {
    return !connection_->readByte();
}

bool Client::isClosedInTheEnd() {
    while (connection_->readByte()) {
    }
    return true;
}

}
