#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace sidespan::http_server {

/// The proxies whose X-Forwarded-For is believed. [any thread]
class TrustedProxies {
public:
    TrustedProxies() = default;
    /// Addresses, or networks such as `10.0.0.0/8`. Throws std::invalid_argument that says which text is
    /// neither.
    explicit TrustedProxies(const std::vector<std::string>& networks);

    /// The address of the client behind the proxies: the last of `forwardedFor` that is not a proxy's, as far
    /// as each address behind it is; `peer` when that is no proxy. A port behind an address is ignored. A
    /// text that is no address ends the search.
    [[nodiscard]] std::string clientOf(std::string_view peer, std::string_view forwardedFor) const;

private:
    /// IPv4 as in ::ffff:0:0/96.
    using Bytes = std::array<unsigned char, 16>;
    struct Network {
        Bytes first;
        unsigned bits;
    };
    [[nodiscard]] static Network parseNetwork(std::string_view text);
    [[nodiscard]] bool contains(std::string_view address) const;

    std::vector<Network> networks_;
};

/// What an address stands for when requests are counted: an IPv4 address itself; for IPv6 its first 64 bits,
/// of which a site has all addresses. Empty for this machine's own, and for a text that is no address.
[[nodiscard]] std::string siteOf(std::string_view address);

}
