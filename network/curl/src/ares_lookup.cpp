#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include <ares.h>
#include <netdb.h>

#include "name_lookup.h"

namespace sidespan::inline v0::detail {
namespace {

using namespace std::chrono_literals;

struct ChannelDestroyer {
    void operator()(ares_channel channel) const noexcept { ares_destroy(channel); }
};
using Channel = std::unique_ptr<std::remove_pointer_t<ares_channel>, ChannelDestroyer>;

void takeAddresses(NameAnswer& answer, const ares_addrinfo& found) {
    for (const auto* node = found.nodes; node != nullptr; node = node->ai_next) {
        std::array<char, NI_MAXHOST> text{};
        if (getnameinfo(node->ai_addr, node->ai_addrlen, text.data(), text.size(), nullptr, 0,
                        NI_NUMERICHOST) == 0)
            answer.addresses.emplace_back(text.data());
    }
}

// Called by c-ares, also for what is given up.
void collect(void* argument, int status, int, ares_addrinfo* found) noexcept {
    auto& answer = *static_cast<NameAnswer*>(argument);
    answer.isDone = true;
    try {
        if (found != nullptr) takeAddresses(answer, *found);
        if (answer.addresses.empty()) answer.problem = ares_strerror(status);
    } catch (const std::bad_alloc&) {
        answer.addresses.clear();
        answer.problem.clear();
    }
    if (found != nullptr) ares_freeaddrinfo(found);
}

Channel openChannel(const std::string& nameServers) {
    ares_channel channel = nullptr;
    if (ares_init(&channel) != ARES_SUCCESS) return nullptr;
    Channel owned(channel);
    if (!nameServers.empty() && ares_set_servers_ports_csv(channel, nameServers.c_str()) != ARES_SUCCESS)
        return nullptr;
    return owned;
}

class AresLookup final : public NameLookup {
public:
    explicit AresLookup(std::string nameServers) : nameServers_(std::move(nameServers)) {}

    bool start(const std::string& host) override {
        giveUp();
        ipv4_ = {};
        ipv6_ = {};
        channel_ = openChannel(nameServers_);
        if (!channel_) return false;
        ask(host, AF_INET6, ipv6_);
        ask(host, AF_INET, ipv4_);
        return true;
    }

    void poll(CURLM* multi, std::chrono::milliseconds longest) override;

    void giveUp() noexcept override { channel_.reset(); }

private:
    // One question for each kind: c-ares keeps what it has until it has both.
    void ask(const std::string& host, int family, NameAnswer& answer) {
        ares_addrinfo_hints hints{};
        hints.ai_family = family;
        hints.ai_socktype = SOCK_STREAM;
        ares_getaddrinfo(channel_.get(), host.c_str(), nullptr, &hints, collect, &answer);
    }

    [[nodiscard]] std::chrono::milliseconds untilTimeout(std::chrono::milliseconds longest) const {
        timeval most{1, 0};
        timeval buffer{};
        const timeval* soonest = ares_timeout(channel_.get(), &most, &buffer);
        return std::min(longest,
                        std::chrono::milliseconds(soonest->tv_sec * 1000 + soonest->tv_usec / 1000 + 1));
    }

    std::string nameServers_;
    Channel channel_;
};

void AresLookup::poll(CURLM* multi, std::chrono::milliseconds longest) {
    std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
    const auto mask =
        static_cast<unsigned>(ares_getsock(channel_.get(), sockets.data(), ARES_GETSOCK_MAXNUM));
    std::array<curl_waitfd, ARES_GETSOCK_MAXNUM> waits{};
    unsigned count = 0;
    for (unsigned i = 0; i < sockets.size(); ++i) {
        const bool readable = (mask & (1U << i)) != 0;
        const bool writable = (mask & (1U << (i + ARES_GETSOCK_MAXNUM))) != 0;
        if (!readable && !writable) continue;
        const int events = (readable ? CURL_WAIT_POLLIN : 0) | (writable ? CURL_WAIT_POLLOUT : 0);
        waits[count++] = {sockets[i], static_cast<short>(events), 0};
    }
    curl_multi_poll(multi, waits.data(), count, static_cast<int>(untilTimeout(longest).count()), nullptr);
    bool anyReady = false;
    for (unsigned i = 0; i < count; ++i) {
        if (waits[i].revents == 0) continue;
        anyReady = true;
        const bool isWritable = (waits[i].revents & CURL_WAIT_POLLOUT) != 0;
        ares_process_fd(channel_.get(), isWritable ? ARES_SOCKET_BAD : waits[i].fd,
                        isWritable ? waits[i].fd : ARES_SOCKET_BAD);
    }
    if (!anyReady) ares_process_fd(channel_.get(), ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

}

std::unique_ptr<NameLookup> makeAresLookup(std::string nameServers) {
    return std::make_unique<AresLookup>(std::move(nameServers));
}

}
