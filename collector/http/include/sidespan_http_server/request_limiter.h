#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include <sidespan_http_server/rate_table.h>

namespace sidespan::http_server {

/// How many requests a minute a server accepts from one caller. Each full 64 KiB of a body count as one more.
/// 0 is no limit.
struct RequestLimits {
    std::size_t perAddress = 0;  ///< for IPv6 of one site's network (/64); this machine has no limit
    std::size_t perToken = 0;
    std::size_t perInstallation = 0;  ///< by X-Client-Installation

    static constexpr std::size_t most = 1'000'000'000;
};

/// Counts requests by address, token and installation. Bounded in memory. [any thread]
class RequestLimiter {
public:
    using Wait = std::optional<std::chrono::seconds>;  ///< how long to wait; empty if the request is accepted

    explicit RequestLimiter(const RequestLimits& limits, const RateTable::Now& now = RateTable::Clock::now);

    [[nodiscard]] Wait takeAddress(std::string_view address, std::size_t bodyBytes);
    [[nodiscard]] Wait takeToken(std::string_view tokenId, std::size_t bodyBytes);
    [[nodiscard]] Wait takeInstallation(std::string_view installation, std::size_t bodyBytes);

    /// Counts a request whose body size was not known at first. Empty texts are not counted.
    void chargeBody(std::string_view address, std::string_view tokenId, std::string_view installation,
                    std::size_t bodyBytes);

private:
    RateTable addresses_;
    RateTable tokens_;
    RateTable installations_;
};

}
