#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <curl/curl.h>

#include <sidespan/outcome.h>

namespace sidespan::inline v0::detail {

/// The addresses of one kind, IPv4 or IPv6, of a host, as far as they are known.
struct NameAnswer {
    bool isDone = false;                 // no more will come
    std::vector<std::string> addresses;  // numeric, in the order in which to try them
    std::string problem;                 // why there is none, in the resolver's words
};

/// Looks up the addresses of a host, and can give up at any moment. Each platform implements it. One look-up
/// at a time, by one thread. Only poll() blocks.
class NameLookup {
public:
    NameLookup() = default;
    virtual ~NameLookup() = default;  // also gives up
    NameLookup(const NameLookup&) = delete;
    NameLookup& operator=(const NameLookup&) = delete;

    /// Asks for both kinds at once. An error says why that is not possible.
    [[nodiscard]] virtual Outcome<> start(const std::string& host) = 0;
    /// Waits for news in `curl_multi_poll`, which `curl_multi_wakeup` ends, `longest` at most.
    virtual void poll(CURLM* multi, std::chrono::milliseconds longest) = 0;
    /// Stops waiting for answers. The addresses that were found are kept until start().
    virtual void giveUp() noexcept = 0;

    [[nodiscard]] const NameAnswer& ipv4() const noexcept { return ipv4_; }
    [[nodiscard]] const NameAnswer& ipv6() const noexcept { return ipv6_; }

protected:
    NameAnswer ipv4_;
    NameAnswer ipv6_;
};

/// The look-up that SIDESPAN_RESOLVER names; only that one is built.
[[nodiscard]] std::unique_ptr<NameLookup> makeNameLookup();

/// With the C library's getaddrinfo_a(), which asks every source in nsswitch.conf, mDNS too, on its own
/// threads. A query that such a thread has begun cannot be cancelled. It is left to the C library, and a
/// later start() frees its memory. The C library gets at most four queries of this copy of the SDK at a time;
/// start() fails if there is no room for two more.
[[nodiscard]] std::unique_ptr<NameLookup> makeSystemLookup();
/// How many of these four are in use: by a look-up that has not ended, or still with the C library. [any
/// thread]
[[nodiscard]] int systemQuestionsUnderWay() noexcept;

/// With c-ares, which needs no thread: poll() waits for its sockets. The machine's resolver configuration is
/// read again for every name, since computers move between networks. `nameServers`, "address[:port],…", are
/// asked instead of the system's, unless empty.
[[nodiscard]] std::unique_ptr<NameLookup> makeAresLookup(std::string nameServers);

}
