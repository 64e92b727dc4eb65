#include <string>
#include <string_view>

#include <sidespan/lane_options.h>

namespace sidespan::inline v0 {

std::optional<Error> check(const LaneOptions& options) {
    std::optional<Error> wrong;
    const auto require = [&wrong](bool isRight, std::string_view field, const std::string& held,
                                  std::string_view right) {
        if (isRight || wrong) return;
        wrong = Error{ErrorCode::invalidConfig, "LaneOptions::" + std::string(field) + " is " + held +
                                                    "; it must be " + std::string(right)};
    };
    const double rate = options.sampleRate;
    require(rate == 0 || (rate >= 1 && rate <= 1e7), "sampleRate", std::to_string(rate),
            "from 1 to 10000000 Hz, or 0 for a lane without blocks");
    require(options.keepOverLoad >= 0 && options.keepOverLoad <= 1e6, "keepOverLoad",
            std::to_string(options.keepOverLoad), "0 or more, where 1 is the whole budget");
    require(options.maxKeptPerSecond >= 0.01 && options.maxKeptPerSecond <= 1e6, "maxKeptPerSecond",
            std::to_string(options.maxKeptPerSecond), "from 0.01 to 1000000");
    require(options.capacityBytes >= (16U << 10U) && options.capacityBytes <= (256U << 20U), "capacityBytes",
            std::to_string(options.capacityBytes), "from 16384 to 268435456 bytes");
    require(options.summaryInterval.count() >= 0, "summaryInterval",
            std::to_string(options.summaryInterval.count()) + " ms", "0 ms or more");
    return wrong;
}

}
