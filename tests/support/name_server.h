#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <future>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace sidespan::test {

/// A name server on a loopback port: answers every question for IPv4 addresses with those it is given, and
/// questions for IPv6 addresses with none, or never.
class NameServer {
public:
    enum class Ipv6 : std::uint8_t { none, silent };

    /// Answers no question at all.
    NameServer() : NameServer({}, Ipv6::silent) {}

    NameServer(std::vector<std::string> addresses, Ipv6 ipv6)
        : addresses_(std::move(addresses)),
          ipv6_(ipv6),
          socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        address_.sin_family = AF_INET;
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::bind(socket_, reinterpret_cast<sockaddr*>(&address_), sizeof address_);
        socklen_t size = sizeof address_;
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address_), &size);
        thread_ = std::thread([this] { serve(); });
    }
    /// An empty datagram of its own ends it.
    ~NameServer() {
        ::sendto(socket_, "", 0, 0, reinterpret_cast<const sockaddr*>(&address_), sizeof address_);
        thread_.join();
        ::close(socket_);
    }
    NameServer(const NameServer&) = delete;
    NameServer& operator=(const NameServer&) = delete;

    [[nodiscard]] std::uint16_t port() const { return ntohs(address_.sin_port); }
    /// As detail::makeAresLookup() takes it.
    [[nodiscard]] std::string name() const { return "127.0.0.1:" + std::to_string(port()); }

    /// Waits until it has been asked.
    void waitForQuestion() { asked_.get_future().wait(); }

private:
    void serve() {
        bool wasAsked = false;
        for (;;) {
            std::array<char, 512> question{};
            sockaddr_in peer{};
            socklen_t size = sizeof peer;
            const auto read = ::recvfrom(socket_, question.data(), question.size(), 0,
                                         reinterpret_cast<sockaddr*>(&peer), &size);
            if (read <= 0) return;
            if (!std::exchange(wasAsked, true)) asked_.set_value();
            const auto answer = answerTo({question.data(), static_cast<std::size_t>(read)});
            if (!answer.empty())
                ::sendto(socket_, answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&peer), size);
        }
    }

    // RFC 1035, 4: a header of 12 bytes, a name, a type, a class.
    [[nodiscard]] std::string answerTo(std::string_view question) const {
        using namespace std::string_literals;
        const auto nameEnd = question.find('\0', 12);
        if (nameEnd == question.npos || nameEnd + 5 > question.size()) return {};
        const bool isIpv4 = question[nameEnd + 2] == 1;
        const bool isSilent = ipv6_ == Ipv6::silent && (!isIpv4 || addresses_.empty());
        if (isSilent) return {};
        const auto count = isIpv4 ? addresses_.size() : 0;
        std::string answer(question.substr(0, 2));
        answer += "\x81\x80\0\1\0"s + static_cast<char>(count) + "\0\0\0\0"s;
        answer += question.substr(12, nameEnd + 5 - 12);
        for (std::size_t i = 0; i < count; ++i) {
            in_addr address{};
            ::inet_pton(AF_INET, addresses_[i].c_str(), &address);
            answer += "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4"s;  // the name as above, A, IN, a minute, 4 bytes
            answer.append(reinterpret_cast<const char*>(&address), sizeof address);
        }
        return answer;
    }

    std::vector<std::string> addresses_;
    Ipv6 ipv6_;
    int socket_;
    sockaddr_in address_{};
    std::promise<void> asked_;
    std::thread thread_;
};

}
