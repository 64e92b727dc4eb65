#include "fault_server.h"

#include <array>
#include <atomic>
#include <cctype>
#include <optional>
#include <stdexcept>

#include <zlib.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>

#include "sockets.h"
#include "wire.h"

namespace sidespan::test {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;
using namespace std::chrono_literals;

constexpr std::size_t maxBody = std::size_t{256} << 20U;

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

std::string gunzip(const std::string& compressed) {
    z_stream z{};
    inflateInit2(&z, 15 + 16);
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
    z.avail_in = static_cast<uInt>(compressed.size());
    std::string out;
    std::vector<char> piece(64 << 10);
    int result = Z_OK;
    while (result == Z_OK) {
        z.next_out = reinterpret_cast<Bytef*>(piece.data());
        z.avail_out = static_cast<uInt>(piece.size());
        result = inflate(&z, Z_NO_FLUSH);
        out.append(piece.data(), piece.size() - z.avail_out);
    }
    inflateEnd(&z);
    return result == Z_STREAM_END ? out : std::string();
}

std::vector<std::string> spanIdsOf(const std::string& body) {
    std::vector<std::string> ids;
    error_code problem;
    const auto json = boost::json::parse(body, problem);
    if (problem) return ids;
    const auto* const wrapped = json.is_object() ? json.get_object().if_contains("spans") : nullptr;
    const auto& spans = wrapped != nullptr ? *wrapped : json;
    if (!spans.is_array()) return ids;
    for (const auto& span : spans.get_array()) {
        ids.push_back(std::string(span.at("traceId").as_string()) + "/" +
                      std::string(span.at("spanId").as_string()));
    }
    return ids;
}

// One that was accepted, and the thread that serves it.
struct Connection {
    Connection(tcp::socket socket, TlsContext* tls) : wire(std::move(socket), tls) {}

    Wire wire;
    std::thread thread;
    std::atomic<bool> isOver{false};
};

}

class FaultServer::Impl {
public:
    explicit Impl(const TlsIdentity* identity) {
        if (identity != nullptr) tls_.emplace(*identity);
        listen();
        acceptThread_ = std::thread([this] { acceptAll(); });
    }

    ~Impl() {
        {
            const std::lock_guard lock(mutex_);
            isStopping_ = true;
            for (auto& connection : connections_) connection->wire.interrupt();
            stopListening();
            changed_.notify_all();
        }
        acceptThread_.join();
        for (auto& connection : connections_) connection->thread.join();
        if (listener_ != sockets::none) sockets::close(listener_);
        if (reserved_ != sockets::none) sockets::close(reserved_);
    }

    // The accepting thread comes back, and closes the port.
    void stopListening() const {
        if (listener_ != sockets::none) sockets::wakeAccept(listener_, port_);
    }

    // On the port that was ours before, if there was one.
    void listen() {
        listener_ = sockets::listenOnLoopback(port_);
        if (listener_ == sockets::none)
            throw std::runtime_error("the fault server cannot listen on loopback");
    }

    void acceptAll() {
        std::unique_lock lock(mutex_);
        while (!isStopping_) {
            if (listener_ == sockets::none) {
                changed_.wait(lock, [&] { return !isRefusing_ || isStopping_; });
                if (!isStopping_) listen();
                changed_.notify_all();
                continue;
            }
            const auto listener = listener_;
            lock.unlock();
            const auto connection = sockets::accept(listener);
            lock.lock();
            if (connection != sockets::none) welcome(connection);
            if (isRefusing_) {
                sockets::close(std::exchange(listener_, sockets::none));
                changed_.notify_all();
            }
        }
    }

    void welcome(sockets::Socket connection) {
        tcp::socket socket(context_, tcp::v4(), connection);
        if (isRefusing_ || isStopping_) return;
        error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        ++accepted_;
        changed_.notify_all();
        reap();
        connections_.push_back(std::make_unique<Connection>(std::move(socket), tls_ ? &*tls_ : nullptr));
        auto& welcomed = *connections_.back();
        welcomed.thread = std::thread([this, &welcomed] {
            serve(welcomed.wire);
            welcomed.isOver = true;
        });
    }

    // A thread that is over keeps its memory until it is joined.
    void reap() {
        std::erase_if(connections_, [](const auto& connection) {
            if (!connection->isOver) return false;
            connection->thread.join();
            return true;
        });
    }

    // Returns when the port is closed.
    void refuse() {
        std::unique_lock lock(mutex_);
        isRefusing_ = true;
        stopListening();
        for (auto& connection : connections_) connection->wire.interrupt();
        changed_.wait(lock, [&] { return listener_ == sockets::none; });
    }

    // Returns when it is open again.
    void accept() {
        std::unique_lock lock(mutex_);
        isRefusing_ = false;
        changed_.notify_all();
        changed_.wait(lock, [&] { return listener_ != sockets::none; });
    }

    void serve(Wire& wire);

    Behaviour nextBehaviour() {
        const std::lock_guard lock(mutex_);
        if (script_.empty()) return lastResort_;
        auto behaviour = std::move(script_.front());
        script_.pop_front();
        return behaviour;
    }

    void record(const ReceivedRequest& request) {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
        changed_.notify_all();
    }

    void forget() {
        const std::lock_guard lock(mutex_);
        requests_.clear();
    }

    std::string store(const std::string& body) {
        const auto ids = spanIdsOf(body);
        const std::lock_guard lock(mutex_);
        std::size_t accepted = 0;
        for (const auto& id : ids) accepted += stored_.insert(id).second ? 1 : 0;
        duplicates_ += ids.size() - accepted;
        changed_.notify_all();
        return "{\"accepted\":" + std::to_string(accepted) +
               ",\"duplicate\":" + std::to_string(ids.size() - accepted) + ",\"rejected\":0}";
    }

    bool pause(std::chrono::milliseconds time) {
        std::unique_lock lock(mutex_);
        return !changed_.wait_for(lock, time, [&] { return isStopping_.load(); });
    }

    template <class Condition>
    bool waitFor(Condition condition, std::chrono::milliseconds timeout) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, timeout, condition);
    }

    asio::io_context context_;
    std::optional<TlsContext> tls_;
    std::uint16_t port_ = 0;
    const sockets::Socket reserved_ = sockets::reserve(port_);  // ours while it is closed, too
    sockets::Socket listener_ = sockets::none;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::atomic<bool> isStopping_{false};
    bool isRefusing_ = false;
    std::deque<Behaviour> script_;
    Behaviour lastResort_ = faults::store();
    std::vector<ReceivedRequest> requests_;
    std::set<std::string> stored_;
    std::size_t duplicates_ = 0;
    std::size_t accepted_ = 0;
    std::vector<std::unique_ptr<Connection>> connections_;
    std::thread acceptThread_;

    class LiveExchange;
};

class FaultServer::Impl::LiveExchange final : public Exchange {
public:
    LiveExchange(Impl& server, Wire& wire, std::string& unread)
        : server_(server), wire_(wire), unread_(unread) {
        parser_.body_limit(maxBody);
        parser_.eager(true);
    }

    // Nothing more comes.
    [[nodiscard]] bool isGone() const { return isGone_; }
    // Whether a request has begun to arrive.
    bool waitForFirstByte() { return !unread_.empty() || receive(); }

    bool read() override {
        while (!parser_.is_done()) {
            if (!feed() && !receive()) return false;
        }
        take();
        server_.record(request_);
        return true;
    }

    void readSome(std::size_t bytes) override {
        while (unread_.size() < bytes && receive()) {
        }
    }

    std::string store() override { return server_.store(request_.body); }

    void answer(int status, std::string_view body,
                const std::map<std::string, std::string>& headers) override {
        std::string text = "HTTP/1.1 " + std::to_string(status) + " Whatever\r\nServer: Fault\r\n";
        for (const auto& [name, value] : headers) text.append(name).append(": ").append(value).append("\r\n");
        text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
        write(text);
    }

    bool write(std::string_view bytes) override { return wire_.write(bytes); }
    bool pause(std::chrono::milliseconds time) override { return server_.pause(time); }
    void hold() override {
        while (receive()) unread_.clear();
    }
    void close() override { wire_.close(); }
    void reset() override { wire_.reset(); }
    const ReceivedRequest& request() const override { return request_; }

private:
    bool receive() {
        error_code problem;
        const auto size = wire_.read(asio::buffer(piece_), problem);
        unread_.append(piece_.data(), size);
        isGone_ = isGone_ || problem;
        return !problem;
    }

    // Gives the parser what is there; false when it needs more.
    bool feed() {
        if (unread_.empty()) return false;
        error_code problem;
        const auto used = parser_.put(asio::buffer(unread_), problem);
        unread_.erase(0, used);
        if (problem && problem != http::error::need_more) wire_.close();
        return used > 0;
    }

    void take() {
        const auto& message = parser_.get();
        request_.method = std::string(message.method_string());
        request_.target = std::string(message.target());
        for (const auto& field : message)
            request_.headers[lower(field.name_string())] = std::string(field.value());
        request_.bodyBytes = message.body().size();
        request_.body =
            request_.header("content-encoding") == "gzip" ? gunzip(message.body()) : message.body();
    }

    Impl& server_;
    Wire& wire_;
    std::string& unread_;
    http::request_parser<http::string_body> parser_;
    ReceivedRequest request_;
    bool isGone_ = false;
    std::array<char, std::size_t{256} << 10U> piece_{};
};

void FaultServer::Impl::serve(Wire& wire) {
    if (!wire.handshake()) return;
    std::string unread;
    while (wire.isOpen() && !isStopping_) {
        const auto exchange = std::make_unique<LiveExchange>(*this, wire, unread);
        if (!exchange->waitForFirstByte()) break;
        nextBehaviour()(*exchange);
        if (exchange->isGone()) break;
    }
    wire.interrupt();
}

FaultServer::FaultServer() : impl_(std::make_unique<Impl>(nullptr)) {}
FaultServer::FaultServer(const TlsIdentity& identity) : impl_(std::make_unique<Impl>(&identity)) {}
FaultServer::~FaultServer() = default;

std::uint16_t FaultServer::port() const {
    return impl_->port_;
}

std::string FaultServer::url() const {
    return (impl_->tls_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port());
}

FaultServer& FaultServer::then(Behaviour behaviour) {
    const std::lock_guard lock(impl_->mutex_);
    impl_->script_.push_back(std::move(behaviour));
    return *this;
}

FaultServer& FaultServer::then(std::size_t times, const Behaviour& behaviour) {
    for (std::size_t i = 0; i < times; ++i) then(behaviour);
    return *this;
}

FaultServer& FaultServer::otherwise(Behaviour behaviour) {
    const std::lock_guard lock(impl_->mutex_);
    impl_->lastResort_ = std::move(behaviour);
    return *this;
}

void FaultServer::refuse() {
    impl_->refuse();
}
void FaultServer::accept() {
    impl_->accept();
}

void FaultServer::forget() {
    impl_->forget();
}

std::vector<ReceivedRequest> FaultServer::requests() const {
    const std::lock_guard lock(impl_->mutex_);
    return impl_->requests_;
}

std::size_t FaultServer::requestCount() const {
    const std::lock_guard lock(impl_->mutex_);
    return impl_->requests_.size();
}

std::size_t FaultServer::connectionCount() const {
    const std::lock_guard lock(impl_->mutex_);
    return impl_->accepted_;
}

std::size_t FaultServer::storedSpans() const {
    const std::lock_guard lock(impl_->mutex_);
    return impl_->stored_.size();
}

std::size_t FaultServer::duplicateSpans() const {
    const std::lock_guard lock(impl_->mutex_);
    return impl_->duplicates_;
}

bool FaultServer::waitForConnections(std::size_t count, std::chrono::milliseconds timeout) {
    return impl_->waitFor([&] { return impl_->accepted_ >= count; }, timeout);
}

bool FaultServer::waitForRequests(std::size_t count, std::chrono::milliseconds timeout) {
    return impl_->waitFor([&] { return impl_->requests_.size() >= count; }, timeout);
}

bool FaultServer::waitForStored(std::size_t count, std::chrono::milliseconds timeout) {
    return impl_->waitFor([&] { return impl_->stored_.size() >= count; }, timeout);
}

namespace faults {

Behaviour store() {
    return [](Exchange& exchange) {
        if (exchange.read()) exchange.answer(200, exchange.store(), {{"Content-Type", "application/json"}});
    };
}

Behaviour storeHeadersOnly() {
    return [](Exchange& exchange) {
        if (!exchange.read()) return;
        exchange.store();
        exchange.answer(200, "", {});
    };
}

Behaviour answer(int status, std::string body, std::map<std::string, std::string> headers) {
    return [=](Exchange& exchange) {
        if (exchange.read()) exchange.answer(status, body, headers);
    };
}

Behaviour silent() {
    return [](Exchange& exchange) {
        exchange.read();
        exchange.hold();
    };
}

Behaviour deaf() {
    return [](Exchange& exchange) {
        while (exchange.pause(1h)) {
        }
    };
}

Behaviour resetMidBody() {
    return [](Exchange& exchange) {
        exchange.readSome(300);
        exchange.reset();
    };
}

Behaviour closeUnread() {
    return [](Exchange& exchange) { exchange.close(); };
}

Behaviour halfHeader() {
    return [](Exchange& exchange) {
        if (!exchange.read()) return;
        exchange.store();
        exchange.write("HTTP/1.1 200 OK\r\nContent-Ty");
        exchange.close();
    };
}

Behaviour slowly(std::chrono::milliseconds perByte) {
    return [=](Exchange& exchange) {
        if (!exchange.read()) return;
        exchange.store();
        const std::string_view answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        for (const char c : answer) {
            if (!exchange.pause(perByte) || !exchange.write({&c, 1})) return;
        }
    };
}

Behaviour wrongLength() {
    return [](Exchange& exchange) {
        if (!exchange.read()) return;
        exchange.store();
        exchange.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"accepted\":");
        exchange.close();
    };
}

Behaviour hugeBody(std::size_t bytes) {
    return [=](Exchange& exchange) {
        if (!exchange.read()) return;
        exchange.store();
        exchange.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(bytes) + "\r\n\r\n");
        const std::string piece(std::size_t{64} << 10U, 'x');
        for (std::size_t sent = 0; sent < bytes && exchange.write(piece); sent += piece.size()) {
        }
        exchange.close();
    };
}

Behaviour garbage() {
    return [](Exchange& exchange) {
        exchange.read();
        exchange.write("220 mail.example.com ESMTP\r\n");
        exchange.close();
    };
}

Behaviour okWithoutStoring() {
    return answer(200);
}

Behaviour storeAndClose() {
    return [](Exchange& exchange) {
        if (exchange.read()) exchange.store();
        exchange.close();
    };
}

Behaviour limit(std::size_t bodyBytes) {
    return [=](Exchange& exchange) {
        if (!exchange.read()) return;
        if (exchange.request().bodyBytes > bodyBytes) {
            exchange.answer(413, "", {});
        } else {
            exchange.answer(200, exchange.store(), {});
        }
    };
}

}
}
