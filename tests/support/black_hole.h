#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string>

namespace sidespan::test {

/// A port whose connections are never taken: the queue of the listening socket is full.
class BlackHole {
public:
    BlackHole() : BlackHole(INADDR_LOOPBACK, 0) {}
    /// `address` in the order of this machine; any port when 0.
    BlackHole(std::uint32_t address, std::uint16_t port)
        : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        address_.sin_family = AF_INET;
        address_.sin_addr.s_addr = htonl(address);
        address_.sin_port = htons(port);
        ::bind(listener_, reinterpret_cast<sockaddr*>(&address_), sizeof address_);
        ::listen(listener_, 0);
        socklen_t size = sizeof address_;
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address_), &size);
        for (int& filler : fillers_) {
            filler = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
            ::connect(filler, reinterpret_cast<sockaddr*>(&address_), sizeof address_);
        }
    }
    ~BlackHole() {
        for (const int filler : fillers_) ::close(filler);
        ::close(listener_);
    }
    BlackHole(const BlackHole&) = delete;
    BlackHole& operator=(const BlackHole&) = delete;

    [[nodiscard]] std::string url() const {
        return "http://127.0.0.1:" + std::to_string(ntohs(address_.sin_port)) + "/";
    }

private:
    int listener_;
    sockaddr_in address_{};
    std::array<int, 4> fillers_{};
};

}
