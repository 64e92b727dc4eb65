#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <curl/curl.h>

#include <sidespan/version.h>

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

    /// Asks for both kinds at once. False when nobody can be asked.
    [[nodiscard]] virtual bool start(const std::string& host) = 0;
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

/// With c-ares. The machine's resolver configuration is read anew for every name, since computers move
/// between networks; `nameServers` as CurlTransport::Options has it.
[[nodiscard]] std::unique_ptr<NameLookup> makeAresLookup(std::string nameServers);

}
