#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace sidespan::http_server {

/// The proxies whose X-Forwarded-For is trusted. [any thread]
class TrustedProxies {
public:
    TrustedProxies() = default;
    /// Addresses, or networks such as `10.0.0.0/8`. Throws std::invalid_argument that names a text that is
    /// neither.
    explicit TrustedProxies(const std::vector<std::string>& networks);

    /// The address of the client behind the proxies: the last one in `forwardedFor` that is not a proxy's. If
    /// `peer` is not a proxy, it is `peer`. A port after an address is ignored. The search ends at a text
    /// that is not an address.
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

/// The key by which requests from an address are counted: an IPv4 address itself; for IPv6 the first 64 bits,
/// because one site has all addresses with these. Empty for this machine's own addresses, and for a text that
/// is not an address.
[[nodiscard]] std::string siteOf(std::string_view address);

}
