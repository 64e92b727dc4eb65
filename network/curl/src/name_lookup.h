#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <curl/curl.h>

#include <sidespan/outcome.h>

namespace sidespan::inline v0::detail {

/// What is known so far about the addresses of one kind, IPv4 or IPv6, of a host.
struct NameAnswer {
    bool isDone = false;                 // no more comes
    std::vector<std::string> addresses;  // numeric, in the order in which to try them
    std::string problem;                 // why there is none, in the words of who was asked
};

/// Looks up the addresses of a host, so that it can be given up at any moment: what every platform
/// implements. One look-up at a time, by one thread; nothing blocks but poll().
class NameLookup {
public:
    NameLookup() = default;
    virtual ~NameLookup() = default;  // gives up, too
    NameLookup(const NameLookup&) = delete;
    NameLookup& operator=(const NameLookup&) = delete;

    /// Asks for both kinds at once. An error says why nobody can be asked.
    [[nodiscard]] virtual Outcome<> start(const std::string& host) = 0;
    /// Waits for news in `curl_multi_poll`, which `curl_multi_wakeup` ends, `longest` at most.
    virtual void poll(CURLM* multi, std::chrono::milliseconds longest) = 0;
    /// What comes later is not waited for. The addresses that were found stay until start().
    virtual void giveUp() noexcept = 0;

    [[nodiscard]] const NameAnswer& ipv4() const noexcept { return ipv4_; }
    [[nodiscard]] const NameAnswer& ipv6() const noexcept { return ipv6_; }

protected:
    NameAnswer ipv4_;
    NameAnswer ipv6_;
};

/// What SIDESPAN_RESOLVER names, made by the one that was built.
[[nodiscard]] std::unique_ptr<NameLookup> makeNameLookup();

/// With the C library's getaddrinfo_a(), which asks on threads of its own, so every source in nsswitch.conf
/// is asked, mDNS too. What was asked cannot be taken back once such a thread has begun: it is then left to
/// the C library, with memory that is freed by a later start(). At most four questions of this copy of the
/// SDK are with the C library at a time; start() fails where there is no room for two more.
[[nodiscard]] std::unique_ptr<NameLookup> makeSystemLookup();
/// How many of those four there are: asked by a look-up that lasts, or still with the C library. [any thread]
[[nodiscard]] int systemQuestionsUnderWay() noexcept;

/// With c-ares, in the same wait as the transfer and without a thread. The machine's resolver configuration
/// is read anew for every name, since computers move between networks. `nameServers`, "address[:port],…", are
/// asked instead of the system's when not empty.
[[nodiscard]] std::unique_ptr<NameLookup> makeAresLookup(std::string nameServers);

}
