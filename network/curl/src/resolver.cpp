#include "resolver.h"

#include <algorithm>
#include <array>
#include <memory>

#include <ares.h>
#include <arpa/inet.h>
#include <netdb.h>

#include <sidespan/detail/join.h>

namespace sidespan::inline v0::detail {
namespace {

using namespace std::chrono_literals;

struct ChannelDestroyer {
    void operator()(ares_channel channel) const noexcept { ares_destroy(channel); }
};
using Channel = std::unique_ptr<std::remove_pointer_t<ares_channel>, ChannelDestroyer>;

struct Query {
    bool isDone = false;
    int status = ARES_SUCCESS;
    std::string addresses;
};

bool isNumeric(const std::string& host) {
    in_addr address{};
    return inet_pton(AF_INET, host.c_str(), &address) == 1;
}

void collect(void* argument, int status, int, ares_addrinfo* found) noexcept {
    auto& query = *static_cast<Query*>(argument);
    query.isDone = true;
    query.status = status;
    if (found == nullptr) return;
    for (const auto* node = found->nodes; node != nullptr; node = node->ai_next) {
        std::array<char, NI_MAXHOST> text{};
        if (getnameinfo(node->ai_addr, node->ai_addrlen, text.data(), text.size(), nullptr, 0,
                        NI_NUMERICHOST) == 0) {
            const bool isIpv6 = node->ai_family == AF_INET6;
            query.addresses = join({query.addresses, query.addresses.empty() ? "" : ",", isIpv6 ? "[" : "",
                                    text.data(), isIpv6 ? "]" : ""});
        }
    }
    ares_freeaddrinfo(found);
}

Channel openChannel(const std::string& nameServers) noexcept {
    ares_channel channel = nullptr;
    if (ares_init(&channel) != ARES_SUCCESS) return nullptr;
    Channel owned(channel);
    if (!nameServers.empty() && ares_set_servers_ports_csv(channel, nameServers.c_str()) != ARES_SUCCESS)
        return nullptr;
    return owned;
}

std::chrono::milliseconds nextTimeout(ares_channel channel, Deadline deadline) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    timeval longest{1, 0};
    timeval buffer{};
    const timeval* soonest = ares_timeout(channel, &longest, &buffer);
    const auto query = std::chrono::milliseconds(soonest->tv_sec * 1000 + soonest->tv_usec / 1000 + 1);
    return std::clamp(std::min(left, query), 0ms, 1000ms);
}

// Waits once for the name servers, a timeout of theirs, or a wake-up, and lets c-ares work on what came.
void pump(CURLM* multi, ares_channel channel, Deadline deadline) noexcept {
    std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
    const auto mask = static_cast<unsigned>(ares_getsock(channel, sockets.data(), ARES_GETSOCK_MAXNUM));
    std::array<curl_waitfd, ARES_GETSOCK_MAXNUM> waits{};
    unsigned count = 0;
    for (unsigned i = 0; i < sockets.size(); ++i) {
        const bool readable = (mask & (1U << i)) != 0;
        const bool writable = (mask & (1U << (i + ARES_GETSOCK_MAXNUM))) != 0;
        if (!readable && !writable) continue;
        const int events = (readable ? CURL_WAIT_POLLIN : 0) | (writable ? CURL_WAIT_POLLOUT : 0);
        waits[count++] = {sockets[i], static_cast<short>(events), 0};
    }
    curl_multi_poll(multi, waits.data(), count, static_cast<int>(nextTimeout(channel, deadline).count()),
                    nullptr);
    bool anyReady = false;
    for (unsigned i = 0; i < count; ++i) {
        if (waits[i].revents == 0) continue;
        anyReady = true;
        ares_process_fd(channel, (waits[i].revents & CURL_WAIT_POLLOUT) == 0 ? waits[i].fd : ARES_SOCKET_BAD,
                        (waits[i].revents & CURL_WAIT_POLLOUT) != 0 ? waits[i].fd : ARES_SOCKET_BAD);
    }
    if (!anyReady) ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

}

Outcome<std::string> Resolver::resolve(const std::string& host, Deadline deadline,
                                       const Cancellation& cancellation) noexcept {
    if (isNumeric(host)) return host;
    if (host == "localhost") return std::string("127.0.0.1,[::1]");
    if (host == knownHost_ && std::chrono::steady_clock::now() < knownUntil_) return known_;

    auto answer = ask(host, deadline, cancellation);
    if (answer.isSuccess()) {
        knownHost_ = host;
        known_ = answer.value();
        knownUntil_ = deadlineIn(1min);
    }
    return answer;
}

Outcome<std::string> Resolver::ask(const std::string& host, Deadline deadline,
                                   const Cancellation& cancellation) noexcept {
    Query query;
    const Channel channel = openChannel(nameServers_);
    if (!channel) return Error{ErrorCode::network, "the name servers of this machine cannot be read"};

    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    ares_getaddrinfo(channel.get(), host.c_str(), nullptr, &hints, collect, &query);
    while (!query.isDone) {
        if (cancellation.isCancelled())
            return Error{ErrorCode::cancelled, join({"cancelled while looking up ", host})};
        if (std::chrono::steady_clock::now() >= deadline) {
            return Error{ErrorCode::timeout, join({"no name server answered for ", host, " in time"})};
        }
        pump(multi_, channel.get(), deadline);
    }
    if (!query.addresses.empty()) return std::move(query.addresses);
    return Error{ErrorCode::network, join({"no address for ", host, ": ", ares_strerror(query.status)})};
}

}
