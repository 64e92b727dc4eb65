#pragma once

#include <chrono>
#include <string>

#include <curl/curl.h>

#include <sidespan/deadline.h>
#include <sidespan/http_transport/cancellation.h>
#include <sidespan/outcome.h>

namespace sidespan::inline v0::detail {

/// Looks host names up with c-ares, waiting in `curl_multi_poll` so that `curl_multi_wakeup` ends the wait.
/// The machine's resolver configuration is read anew for every name: computers move between networks.
class Resolver {
public:
    /// `nameServers` as CurlTransport::Options has it.
    Resolver(CURLM* multi, std::string nameServers) : multi_(multi), nameServers_(std::move(nameServers)) {}

    /// Numeric addresses for a host name, as CURLOPT_RESOLVE wants them, remembered for a minute. Numbers and
    /// "localhost" (RFC 6761, 6.3) ask nobody.
    [[nodiscard]] Outcome<std::string> resolve(const std::string& host, Deadline deadline,
                                               const Cancellation& cancellation) noexcept;
    /// Asks anew next time.
    void forget() { knownHost_.clear(); }

private:
    [[nodiscard]] Outcome<std::string> ask(const std::string& host, Deadline deadline,
                                           const Cancellation& cancellation) noexcept;

    CURLM* multi_;
    std::string nameServers_;
    std::string knownHost_;
    std::string known_;
    Deadline knownUntil_;
};

}
