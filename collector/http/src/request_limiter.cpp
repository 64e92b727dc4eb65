#include <sidespan_http_server/request_limiter.h>

#include <sidespan_http_server/client_address.h>

namespace sidespan::http_server {

namespace {

double bodyCost(std::size_t bytes) {
    constexpr std::size_t unit = std::size_t{64} << 10U;
    return static_cast<double>(bytes / unit);
}

/// What is longer is none of the SDK's.
bool isInstallation(std::string_view text) {
    return !text.empty() && text.size() <= 64;
}

}

RequestLimiter::RequestLimiter(const RequestLimits& limits, const RateTable::Now& now)
    : addresses_(limits.perAddress, RateTable::defaultMostKeys, now),
      tokens_(limits.perToken, RateTable::defaultMostKeys, now),
      installations_(limits.perInstallation, RateTable::defaultMostKeys, now) {}

RequestLimiter::Wait RequestLimiter::takeAddress(std::string_view address, std::size_t bodyBytes) {
    const auto site = siteOf(address);
    if (site.empty()) return std::nullopt;
    return addresses_.take(site, 1 + bodyCost(bodyBytes));
}

RequestLimiter::Wait RequestLimiter::takeToken(std::string_view tokenId, std::size_t bodyBytes) {
    if (tokenId.empty()) return std::nullopt;
    return tokens_.take(tokenId, 1 + bodyCost(bodyBytes));
}

RequestLimiter::Wait RequestLimiter::takeInstallation(std::string_view installation, std::size_t bodyBytes) {
    if (!isInstallation(installation)) return std::nullopt;
    return installations_.take(installation, 1 + bodyCost(bodyBytes));
}

void RequestLimiter::chargeBody(std::string_view address, std::string_view tokenId,
                                std::string_view installation, std::size_t bodyBytes) {
    const auto cost = bodyCost(bodyBytes);
    if (cost == 0) return;
    if (const auto site = siteOf(address); !site.empty()) addresses_.charge(site, cost);
    if (!tokenId.empty()) tokens_.charge(tokenId, cost);
    if (isInstallation(installation)) installations_.charge(installation, cost);
}

}
