#include "connection.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include "request_gate.h"

namespace sidespan::http_server {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

/// RFC 9110, 5.6.7.
std::string httpDate(std::chrono::system_clock::time_point time) {
    return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT",
                       fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

}

Connection::Connection(asio::ip::tcp::socket socket, const ConnectionHost& host)
    : stream_(std::move(socket)), host_(host), buffer_(host.limits.headerBytes + chunkSize) {
    Error ignored;
    peer_ = stream_.socket().remote_endpoint(ignored).address().to_string();
}

Connection::~Connection() {
    host_.connections.remove(id_);
}

void Connection::start() {
    auto closeWeak = [weak = weak_from_this(), executor = stream_.get_executor()] {
        asio::post(executor, [weak] {
            if (auto self = weak.lock()) self->close();
        });
    };
    id_ = host_.connections.add(closeWeak);
    if (id_ == 0) {
        keepAlive_ = false;
        return send(busyResponse("too many connections"));
    }
    awaitRequest();
}

void Connection::awaitRequest() {
    if (buffer_.size() > 0) return readHead();
    stream_.expires_after(host_.limits.idleTimeout);
    stream_.async_read_some(buffer_.prepare(chunkSize),
                            [self = shared_from_this()](Error error, std::size_t size) {
                                if (error) return self->close();
                                self->buffer_.commit(size);
                                self->readHead();
                            });
}

void Connection::readHead() {
    request_.reset();
    refusal_.reset();
    origin_.clear();
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(host_.limits.headerBytes));
    parser_->body_limit(boost::none);  // decided by the route
    stream_.expires_after(host_.limits.headerTimeout);
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = shared_from_this()](Error error, std::size_t) { self->onHead(error); });
}

void Connection::onHead(Error error) {
    if (error) return refuseBroken(error);
    host_.connections.setBusy(id_);
    const auto& head = parser_->get();
    headOnly_ = head.method() == http::verb::head;
    keepAlive_ = parser_->keep_alive() && isFramed();
    auto& request = request_.emplace();
    request.peer = peer_;
    origin_ = host_.gate.allowedOrigin(head);
    request.reservation = host_.budget.reserve();
    auto refusal = host_.gate.admit(head, request);
    request.trace = host_.makeTrace(request);
    if (!isFramed()) {
        return refuse(errorResponse(http::status::bad_request,
                                    "a request names one Host, and a Transfer-Encoding ends in chunked"));
    }
    if (refusal) {
        if (host_.refused && refusal->kind != RefusalKind::none) host_.refused(request, *refusal);
        return refuse(std::move(refusal->response));
    }
    bool waits = beast::iequals(head[http::field::expect], "100-continue") && head.version() >= 11;
    if (waits) return sendContinue();
    beginBody();
}

// RFC 9112, 3.2 and 6.3. What follows a head of which it is not known where its body ends is not another
// request.
bool Connection::isFramed() const {
    const auto& head = parser_->get();
    bool endsKnown = head.count(http::field::transfer_encoding) == 0 || parser_->chunked();
    return endsKnown && (head.version() < 11 || head.count(http::field::host) == 1);
}

void Connection::sendContinue() {
    static constexpr std::string_view line = "HTTP/1.1 100 Continue\r\n\r\n";
    stream_.expires_after(host_.limits.writeTimeout);
    asio::async_write(stream_, asio::buffer(line), [self = shared_from_this()](Error error, std::size_t) {
        if (error) return self->close();
        self->beginBody();
    });
}

void Connection::beginBody() {
    bodyStart_ = Clock::now();
    if (parser_->is_done()) return onBodyEnd();
    if (!refusal_) request_->trace->bodyBegins();
    readBody();
}

void Connection::readBody() {
    const auto& limits = host_.limits;
    auto& body = parser_->get().body();
    body.data = chunk_.data();
    body.size = chunkSize;
    body.more = true;
    stream_.expires_at(std::min(Clock::now() + limits.bodyPauseTimeout, bodyStart_ + limits.bodyTimeout));
    http::async_read_some(stream_, buffer_, *parser_,
                          [self = shared_from_this()](Error error, std::size_t) { self->onBodyPart(error); });
}

void Connection::onBodyPart(Error error) {
    if (error && error != http::error::need_buffer) return refuseBroken(error);
    auto size = chunkSize - parser_->get().body().size;
    auto& request = *request_;
    if (refusal_) {
        if (parser_->is_done()) return refuse(std::move(*refusal_));
        return readBody();
    }
    const auto most = request.route->body.mostBytes;
    if (request.body.size() + size > most) {
        return refuse(
            errorResponse(http::status::payload_too_large,
                          fmt::format("the body has more than the {} bytes that are accepted", most)));
    }
    if (!request.reservation.grow(size)) return refuse(busyResponse("too many requests are under way"));
    request.body.append(chunk_.data(), size);
    if (parser_->is_done()) return onBodyEnd();
    readBody();
}

void Connection::onBodyEnd() {
    request_->trace->bodyEnds(request_->body.size());
    if (parser_->chunked()) host_.gate.chargeBody(*request_);
    stream_.expires_never();
    auto respond = [self = shared_from_this(),
                    work = asio::make_work_guard(stream_.get_executor())](ServerResponse response) {
        auto shared = std::make_shared<ServerResponse>(std::move(response));
        asio::post(self->stream_.get_executor(), [self, shared] { self->send(std::move(*shared)); });
    };
    const auto& route = *request_->route;
    route.handle(std::move(*request_), std::move(respond));
}

void Connection::refuse(ServerResponse response) {
    if (mayPassOver()) {
        refusal_ = std::move(response);
        return beginBody();
    }
    if (!parser_->is_done()) keepAlive_ = false;
    request_->trace->end(response);
    send(std::move(response));
}

/// A short body is read and forgotten, which keeps the connection for the next request.
bool Connection::mayPassOver() const {
    constexpr std::uint64_t most = 64U << 10;
    bool isShort = parser_->content_length().value_or(most + 1) <= most;
    bool isWaiting = parser_->get().find(http::field::expect) != parser_->get().end();
    return !refusal_ && !parser_->is_done() && isShort && !isWaiting;
}

void Connection::refuseBroken(Error error) {
    bool gone = error == http::error::end_of_stream || error == http::error::partial_message ||
                error == beast::error::timeout ||
                error.category() != make_error_code(http::error::bad_method).category();
    if (gone) return close();
    keepAlive_ = false;
    bool tooLong = error == http::error::header_limit || error == http::error::buffer_overflow;
    send(errorResponse(tooLong ? http::status::request_header_fields_too_large : http::status::bad_request,
                       fmt::format("the request is not valid HTTP: {}", error.message())));
}

void Connection::send(ServerResponse response) {
    response_ = Response(response.status, 11);
    response_.set(http::field::server, host_.serverName);
    response_.set(http::field::date, httpDate(std::chrono::system_clock::now()));
    const bool hasContent = response.status != http::status::no_content;
    if (hasContent) response_.set(http::field::content_type, response.contentType);
    response_.set(http::field::cache_control, "no-store");
    response_.set("X-Content-Type-Options", "nosniff");
    setOriginHeaders();
    for (const auto& [name, value] : response.headers) response_.set(name, value);
    response_.keep_alive(keepAlive_);
    responseReservation_ = std::move(response.reservation);
    auto size = response.body.size();
    if (!headOnly_) response_.body() = std::move(response.body);
    if (hasContent) response_.content_length(size);
    stream_.expires_after(host_.limits.writeTimeout);
    http::async_write(stream_, response_,
                      [self = shared_from_this()](Error error, std::size_t) { self->onSent(error); });
}

/// Refusals have them too: without them a page cannot tell a refusal from a network that is down.
void Connection::setOriginHeaders() {
    if (host_.gate.looksAtOrigins()) response_.set(http::field::vary, "Origin");
    if (origin_.empty()) return;
    response_.set(http::field::access_control_allow_origin, origin_);
    response_.set(http::field::access_control_expose_headers,
                  "X-Trace-ID, X-Span-ID, X-Server-Time, Retry-After");
}

void Connection::onSent(Error error) {
    if (error) return close();
    request_.reset();
    response_ = {};
    responseReservation_ = {};
    if (!keepAlive_) return linger();
    if (!host_.connections.setIdle(id_)) return close();
    awaitRequest();
}

/// Reads on for a moment: closing a socket with unread data resets it, and the client may never see the
/// answer (RFC 9112, section 9.6).
void Connection::linger() {
    Error ignored;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    if (stream_.socket().available(ignored) == 0 && parser_ && parser_->is_done()) return close();
    bodyStart_ = Clock::now();
    drain();
}

void Connection::drain() {
    constexpr std::chrono::seconds patience{2};
    if (Clock::now() - bodyStart_ > patience) return close();
    stream_.expires_at(bodyStart_ + patience);
    stream_.async_read_some(asio::buffer(chunk_), [self = shared_from_this()](Error error, std::size_t) {
        if (error) return self->close();
        self->drain();
    });
}

void Connection::close() {
    host_.connections.remove(std::exchange(id_, 0));
    stream_.close();
}

}
