#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "fault_server.h"
#include "sockets.h"

#if !defined(_WIN32)  // where OpenSSL is not built
#include <boost/asio/ssl.hpp>
#endif

namespace sidespan::test {

#if defined(_WIN32)
/// Takes the place of TLS, which the fault server does not speak there.
class TlsContext {
public:
    explicit TlsContext(const TlsIdentity&) {
        throw std::runtime_error("the fault server speaks no TLS on Windows");
    }
};
class TlsStream {
public:
    TlsStream(boost::asio::ip::tcp::socket& socket, TlsContext&) : socket_(socket) {}
    static void accept(boost::system::error_code&) {}
    template <class Buffers>
    std::size_t read_some(const Buffers& buffers, boost::system::error_code& problem) {
        return socket_.read_some(buffers, problem);
    }
    template <class Buffers>
    std::size_t write_some(const Buffers& buffers, boost::system::error_code& problem) {
        return socket_.write_some(buffers, problem);
    }

private:
    boost::asio::ip::tcp::socket& socket_;
};
#else
class TlsContext : public boost::asio::ssl::context {
public:
    explicit TlsContext(const TlsIdentity& identity)
        : boost::asio::ssl::context(boost::asio::ssl::context::tls_server) {
        use_certificate_chain(boost::asio::buffer(identity.certificate));
        use_private_key(boost::asio::buffer(identity.key), boost::asio::ssl::context::pem);
    }
};
class TlsStream : public boost::asio::ssl::stream<boost::asio::ip::tcp::socket&> {
public:
    using stream::stream;
    void accept(boost::system::error_code& problem) {
        handshake(boost::asio::ssl::stream_base::server, problem);
    }
};
#endif

/// A TCP connection that the fault server accepted, with or without TLS on it.
class Wire {
public:
    Wire(boost::asio::ip::tcp::socket socket, TlsContext* tls) : socket_(std::move(socket)) {
        if (tls != nullptr) stream_.emplace(socket_, *tls);
    }

    bool handshake() {
        boost::system::error_code problem;
        if (stream_) stream_->accept(problem);
        return !problem;
    }
    std::size_t read(boost::asio::mutable_buffer buffer, boost::system::error_code& problem) {
        if (!sockets::waitForBytes(socket_.native_handle(), [this] { return isInterrupted_.load(); })) {
            problem = boost::asio::error::eof;
            return 0;
        }
        return stream_ ? stream_->read_some(buffer, problem) : socket_.read_some(buffer, problem);
    }
    bool write(std::string_view bytes) {
        boost::system::error_code problem;
        if (stream_) {
            boost::asio::write(*stream_, boost::asio::buffer(bytes), problem);
        } else {
            boost::asio::write(socket_, boost::asio::buffer(bytes), problem);
        }
        return !problem;
    }
    /// Ends whatever a thread is blocked in. [any thread]
    void interrupt() {
        const std::lock_guard lock(mutex_);
        isInterrupted_ = true;
        if (descriptor_ != sockets::none) sockets::end(descriptor_);
    }
    void reset() {
        boost::system::error_code ignored;
        socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
        forgetAndClose();
    }
    void close() {
        interrupt();
        forgetAndClose();
    }
    [[nodiscard]] bool isOpen() const { return socket_.is_open(); }

private:
    void forgetAndClose() {
        const std::lock_guard lock(mutex_);
        descriptor_ = sockets::none;
        boost::system::error_code ignored;
        socket_.close(ignored);
    }

    std::mutex mutex_;
    std::atomic<bool> isInterrupted_{false};
    boost::asio::ip::tcp::socket socket_;
    sockets::Socket descriptor_ = socket_.native_handle();
    std::optional<TlsStream> stream_;
};

}
