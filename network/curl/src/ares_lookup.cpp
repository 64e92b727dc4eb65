#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include <ares.h>
#include <netdb.h>

#include "curl_library.h"
#include "name_lookup.h"

#include <sidespan/detail/compiler.h>

namespace sidespan::inline v0::detail {
namespace {

using namespace std::chrono_literals;

struct ChannelDestroyer {
    void operator()(ares_channel channel) const noexcept { ares_destroy(channel); }
};
using Channel = std::unique_ptr<std::remove_pointer_t<ares_channel>, ChannelDestroyer>;

SIDESPAN_COLD void takeAddresses(NameAnswer& answer, const ares_addrinfo& found) {
    for (const auto* node = found.nodes; node != nullptr; node = node->ai_next) {
        std::array<char, NI_MAXHOST> text{};
        if (getnameinfo(node->ai_addr, node->ai_addrlen, text.data(), text.size(), nullptr, 0,
                        NI_NUMERICHOST) == 0)
            answer.addresses.emplace_back(text.data());
    }
}

// Called by c-ares, also for queries that are given up.
SIDESPAN_COLD void collect(void* argument, int status, int, ares_addrinfo* found) noexcept {
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

// The sockets that c-ares waits for. It reports each one that it opens or closes.
class WaitedSockets {
public:
    static constexpr unsigned most = 16;
    using Waits = std::array<curl_waitfd, most>;

    [[nodiscard]] Waits waits() const noexcept { return waits_; }
    [[nodiscard]] unsigned count() const noexcept { return count_; }

    // Called by c-ares; `waited` is a WaitedSockets.
    static void change(void* waited, ares_socket_t socket, int readable, int writable) noexcept {
        const int events = (readable != 0 ? CURL_WAIT_POLLIN : 0) | (writable != 0 ? CURL_WAIT_POLLOUT : 0);
        static_cast<WaitedSockets*>(waited)->set(socket, static_cast<short>(events));
    }

private:
    void set(ares_socket_t socket, short events) noexcept {
        unsigned place = 0;
        while (place < count_ && waits_[place].fd != socket) ++place;
        if (place == most) return;
        if (events == 0) {
            if (place < count_) waits_[place] = waits_[--count_];
            return;
        }
        if (place == count_) ++count_;
        waits_[place] = {socket, events, 0};
    }

    Waits waits_{};
    unsigned count_ = 0;
};

// `sockets` must outlive the channel.
Channel openChannel(const std::string& nameServers, WaitedSockets& sockets) {
    ares_channel channel = nullptr;
    ares_options options{};
    options.sock_state_cb = WaitedSockets::change;
    options.sock_state_cb_data = &sockets;
    if (ares_init_options(&channel, &options, ARES_OPT_SOCK_STATE_CB) != ARES_SUCCESS) return nullptr;
    Channel owned(channel);
    if (!nameServers.empty() && ares_set_servers_ports_csv(channel, nameServers.c_str()) != ARES_SUCCESS)
        return nullptr;
    return owned;
}

class AresLookup final : public NameLookup {
public:
    explicit AresLookup(std::string nameServers) : nameServers_(std::move(nameServers)) {}

    Outcome<> start(const std::string& host) override {
        giveUp();
        ipv4_ = {};
        ipv6_ = {};
        channel_ = openChannel(nameServers_, sockets_);
        if (!channel_) return Error{ErrorCode::network, "the name servers of this machine cannot be read"};
        ask(host, AF_INET6, ipv6_);
        ask(host, AF_INET, ipv4_);
        return {};
    }

    void poll(CURLM* multi, std::chrono::milliseconds longest) override;

    void giveUp() noexcept override { channel_.reset(); }

private:
    // A query for each kind: c-ares would hold back the answer to a common one until it has both.
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
    WaitedSockets sockets_;
    Channel channel_;
};

void AresLookup::poll(CURLM* multi, std::chrono::milliseconds longest) {
    auto waits = sockets_.waits();
    const unsigned count = sockets_.count();
    curl().multi_poll(multi, waits.data(), count, static_cast<int>(untilTimeout(longest).count()), nullptr);
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

SIDESPAN_COLD std::unique_ptr<NameLookup> makeAresLookup(std::string nameServers) {
    return std::make_unique<AresLookup>(std::move(nameServers));
}

}
