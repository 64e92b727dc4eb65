#include "resolver.h"

#include <algorithm>

#include <arpa/inet.h>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/join.h>

#include "longest_poll.h"

namespace sidespan::inline v0::detail {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

// How long to wait for the second kind of address after the first (RFC 8305, 3). patientDelay is used after
// the addresses that came in time gave no answer.
constexpr auto resolutionDelay = 50ms;
constexpr auto patientDelay = 1s;

bool isNumeric(const std::string& host) {
    in_addr address{};
    return inet_pton(AF_INET, host.c_str(), &address) == 1;
}

// IPv6 first: curl tries the other kind soon after (RFC 8305, 4).
std::string listOf(const NameAnswer& ipv6, const NameAnswer& ipv4) {
    std::string list;
    for (const auto& address : ipv6.addresses)
        list = join({list, list.empty() ? "" : ",", "[", address, "]"});
    for (const auto& address : ipv4.addresses) list = join({list, list.empty() ? "" : ",", address});
    return list;
}

}

SIDESPAN_COLD Outcome<std::string> Resolver::resolve(CURLM* multi, const std::string& host, Deadline deadline,
                                                     const Cancellation& cancellation) {
    if (isNumeric(host)) return host;
    if (host == "localhost") return std::string("127.0.0.1,[::1]");
    if (host == knownHost_ && steady_clock::now() < knownUntil_) return known_;

    auto answer = ask(multi, host, deadline, cancellation);
    lookup_->giveUp();
    if (answer.isSuccess()) {
        knownHost_.clear();
        known_ = answer.value();
        knownHost_ = host;
        knownUntil_ = deadlineIn(1min);
        hasFailed_ = false;
    }
    return answer;
}

void Resolver::forget() noexcept {
    hasFailed_ = hasFailed_ || !knownHost_.empty();
    knownHost_.clear();
}

SIDESPAN_COLD Outcome<std::string> Resolver::ask(CURLM* multi, const std::string& host, Deadline deadline,
                                                 const Cancellation& cancellation) {
    if (const auto started = lookup_->start(host); !started.isSuccess()) return started.error();
    Deadline enoughAt = Deadline::max();
    while (!isEnough(enoughAt)) {
        if (cancellation.isCancelled())
            return Error{ErrorCode::cancelled, join({"cancelled while looking up ", host})};
        const auto now = steady_clock::now();
        if (now >= deadline) {
            if (enoughAt != Deadline::max()) break;
            return Error{ErrorCode::timeout, join({"no name server answered for ", host, " in time"})};
        }
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(std::min(deadline, enoughAt) - now);
        lookup_->poll(multi, std::clamp<std::chrono::milliseconds>(left, 0ms, longestPoll));
    }
    auto addresses = listOf(lookup_->ipv6(), lookup_->ipv4());
    if (!addresses.empty()) return addresses;
    const auto& problem = lookup_->ipv4().problem;
    return Error{ErrorCode::network, join({"no address for ", host, problem.empty() ? "" : ": ", problem})};
}

// A name server that answers for only one kind must not cause a long wait.
bool Resolver::isEnough(Deadline& enoughAt) const {
    const auto& ipv6 = lookup_->ipv6();
    const auto& ipv4 = lookup_->ipv4();
    if (ipv6.isDone && ipv4.isDone) return true;
    if (ipv6.addresses.empty() && ipv4.addresses.empty()) return false;
    if (enoughAt == Deadline::max()) enoughAt = deadlineIn(hasFailed_ ? patientDelay : resolutionDelay);
    return steady_clock::now() >= enoughAt;
}

}
