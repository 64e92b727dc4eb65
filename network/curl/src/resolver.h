#pragma once

#include <memory>
#include <string>
#include <utility>

#include <curl/curl.h>

#include <sidespan/deadline.h>
#include <sidespan/http_transport/cancellation.h>
#include <sidespan/outcome.h>

#include "name_lookup.h"

namespace sidespan::inline v0::detail {

/// Finds the addresses of hosts: remembers them, knows when they are enough, and gives up.
class Resolver {
public:
    Resolver(CURLM* multi, std::unique_ptr<NameLookup> lookup) : multi_(multi), lookup_(std::move(lookup)) {}

    /// Numeric addresses for a host name, as CURLOPT_RESOLVE wants them, remembered for a minute. Numbers and
    /// "localhost" (RFC 6761, 6.3) ask nobody.
    [[nodiscard]] Outcome<std::string> resolve(const std::string& host, Deadline deadline,
                                               const Cancellation& cancellation);
    /// The addresses did not help: asks anew next time, and has more patience for those that come late.
    void forget() noexcept;

private:
    [[nodiscard]] Outcome<std::string> ask(const std::string& host, Deadline deadline,
                                           const Cancellation& cancellation);
    [[nodiscard]] bool isEnough(Deadline& enoughAt) const;

    CURLM* multi_;
    std::unique_ptr<NameLookup> lookup_;
    std::string knownHost_;
    std::string known_;
    Deadline knownUntil_;
    bool hasFailed_ = false;  // what was known last did not lead anywhere
};

}
