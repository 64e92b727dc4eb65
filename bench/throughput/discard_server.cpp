#include "discard_server.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string_view>
#include <system_error>
#include <vector>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sidespan::bench {
namespace {

constexpr std::string_view answer =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
constexpr std::string_view goOn = "HTTP/1.1 100 Continue\r\n\r\n";

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

/// One connection: the head of a request is kept until it is whole, its body only counted.
class Connection {
public:
    explicit Connection(int socket) : socket_(socket) {}

    [[nodiscard]] int socket() const noexcept { return socket_; }

    /// Reads what has come; false when the other side has gone.
    bool read() {
        static std::array<char, std::size_t{1} << 20U> buffer;
        const auto got = recv(socket_, buffer.data(), buffer.size(), 0);
        if (got <= 0) return false;
        std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
        while (!bytes.empty()) {
            if (bodyLeft_ > 0) {
                skipBody(bytes);
            } else if (!takeHead(bytes)) {
                return true;
            }
            if (bodyLeft_ == 0 && !send(answer)) return false;
        }
        return true;
    }

private:
    void skipBody(std::string_view& bytes) {
        const std::size_t part = std::min(bytes.size(), bodyLeft_);
        bytes.remove_prefix(part);
        bodyLeft_ -= part;
    }

    // False when the head is not whole yet.
    bool takeHead(std::string_view& bytes) {
        constexpr std::string_view end = "\r\n\r\n";
        const std::size_t before = head_.size();
        head_ += bytes;
        const auto at = head_.find(end);
        if (at == std::string::npos) return false;
        const std::size_t size = at + end.size();
        bytes.remove_prefix(size - before);
        head_.resize(size);
        std::transform(head_.begin(), head_.end(), head_.begin(),
                       [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
        bodyLeft_ = contentLength();
        const bool isAsked = head_.find("100-continue") != std::string::npos;
        head_.clear();
        return !isAsked || send(goOn);
    }

    [[nodiscard]] std::size_t contentLength() const {
        constexpr std::string_view name = "\r\ncontent-length:";
        const auto at = head_.find(name);
        return at == std::string::npos ? 0 : std::strtoull(head_.c_str() + at + name.size(), nullptr, 10);
    }

    [[nodiscard]] bool send(std::string_view text) const {
        return ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
    }

    int socket_;
    std::string head_;
    std::size_t bodyLeft_ = 0;
};

[[noreturn]] void serve(int listener) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    std::vector<Connection> connections;
    for (;;) {
        std::vector<pollfd> sockets{{listener, POLLIN, 0}};
        for (const auto& connection : connections) sockets.push_back({connection.socket(), POLLIN, 0});
        if (poll(sockets.data(), sockets.size(), -1) < 0) _exit(1);
        for (std::size_t i = sockets.size() - 1; i > 0; --i) {
            if (sockets[i].revents == 0 || connections[i - 1].read()) continue;
            close(connections[i - 1].socket());
            connections.erase(connections.begin() + static_cast<std::ptrdiff_t>(i - 1));
        }
        if ((sockets[0].revents & POLLIN) == 0) continue;
        const int socket = accept(listener, nullptr, nullptr);
        const int on = 1;
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        connections.emplace_back(socket);
    }
}

}

DiscardServer::DiscardServer() {
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0) fail("socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (bind(listener, any, size) != 0) fail("bind");
    if (listen(listener, SOMAXCONN) != 0) fail("listen");
    if (getsockname(listener, any, &size) != 0) fail("getsockname");
    port_ = ntohs(address.sin_port);
    process_ = fork();
    if (process_ < 0) fail("fork");
    if (process_ == 0) serve(listener);
    close(listener);
}

DiscardServer::~DiscardServer() {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
}

}
