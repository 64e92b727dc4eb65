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

/// Finds and remembers the addresses of hosts. Decides when they are enough and when to give up.
class Resolver {
public:
    explicit Resolver(std::unique_ptr<NameLookup> lookup) : lookup_(std::move(lookup)) {}

    /// Numeric addresses for a host name, as CURLOPT_RESOLVE wants them, remembered for a minute. Numeric
    /// addresses and "localhost" (RFC 6761, 6.3) need no look-up. Waits in `multi`, as NameLookup::poll()
    /// does.
    [[nodiscard]] Outcome<std::string> resolve(CURLM* multi, const std::string& host, Deadline deadline,
                                               const Cancellation& cancellation);
    /// The addresses gave no answer. The next resolve() asks again and waits longer for late addresses.
    void forget() noexcept;

private:
    [[nodiscard]] Outcome<std::string> ask(CURLM* multi, const std::string& host, Deadline deadline,
                                           const Cancellation& cancellation);
    [[nodiscard]] bool isEnough(Deadline& enoughAt) const;

    std::unique_ptr<NameLookup> lookup_;
    std::string knownHost_;
    std::string known_;
    Deadline knownUntil_;
    bool hasFailed_ = false;  // the last known addresses gave no answer
};

}
