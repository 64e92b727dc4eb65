#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include <sidespan_http_server/rate_table.h>

namespace sidespan::http_server {

/// How many requests a minute a server takes of one caller; each full 64 KiB of a body count as one more. 0
/// is no limit.
struct RequestLimits {
    std::size_t perAddress =
        0;  ///< of the network that a site has, for IPv6 (/64); this machine has no limit
    std::size_t perToken = 0;
    std::size_t perInstallation = 0;  ///< as X-Client-Installation tells

    static constexpr std::size_t most = 1'000'000'000;
};

/// Counts requests by address, token and installation. Bounded in memory. [any thread]
class RequestLimiter {
public:
    using Wait = std::optional<std::chrono::seconds>;  ///< how long to wait; empty for what may come in

    explicit RequestLimiter(const RequestLimits& limits, const RateTable::Now& now = RateTable::Clock::now);

    [[nodiscard]] Wait takeAddress(std::string_view address, std::size_t bodyBytes);
    [[nodiscard]] Wait takeToken(std::string_view tokenId, std::size_t bodyBytes);
    [[nodiscard]] Wait takeInstallation(std::string_view installation, std::size_t bodyBytes);

    /// A request whose body's size was not known when it came in; texts that are empty are not counted.
    void chargeBody(std::string_view address, std::string_view tokenId, std::string_view installation,
                    std::size_t bodyBytes);

private:
    RateTable addresses_;
    RateTable tokens_;
    RateTable installations_;
};

}
