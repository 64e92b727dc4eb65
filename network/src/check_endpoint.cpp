#include <sidespan/network/detail/check_endpoint.h>

namespace sidespan::inline v0::detail {

std::optional<Error> checkEndpoint(const Config& config) {
    if (!config.endpoint.empty()) return std::nullopt;
    return Error{ErrorCode::invalidConfig,
                 "Config::endpoint is empty; it must be an address such as "
                 "\"https://telemetry.example.com\""};
}

}
