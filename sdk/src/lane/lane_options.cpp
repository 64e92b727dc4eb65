#include <array>
#include <cstdio>
#include <string>
#include <string_view>

#include <sidespan/detail/finite.h>
#include <sidespan/detail/join.h>
#include <sidespan/lane_options.h>

namespace sidespan::inline v0 {
namespace {

Error wrong(std::string_view field, std::string_view held, std::string_view right) {
    return {ErrorCode::invalidConfig,
            detail::join({"LaneOptions::", field, " is ", held, "; it must be ", right})};
}

// Compares no NaN with `<`, which raises a signal where a host has asked for one.
bool isWithin(const double& value, double least, double most) {
    return detail::isFinite(value) && value >= least && value <= most;
}

std::string numberText(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.9g", value);
    return text.data();
}

}

std::optional<Error> check(const LaneOptions& options) {
    const double rate = options.sampleRate;
    if (rate != 0 && !isWithin(rate, 1, 1e7))
        return wrong("sampleRate", numberText(rate), "from 1 to 10000000 Hz, or 0 for a lane without blocks");
    if (!isWithin(options.keepOverLoad, 0, 1e6))
        return wrong("keepOverLoad", numberText(options.keepOverLoad),
                     "from 0 to 1000000, where 1 is the whole budget");
    if (!isWithin(options.maxKeptPerSecond, 0.01, 1e6))
        return wrong("maxKeptPerSecond", numberText(options.maxKeptPerSecond), "from 0.01 to 1000000");
    if (options.capacityBytes < (16U << 10U) || options.capacityBytes > (256U << 20U))
        return wrong("capacityBytes", detail::decimal(options.capacityBytes),
                     "from 16384 to 268435456 bytes");
    if (options.summaryInterval.count() < 0)
        return wrong("summaryInterval",
                     detail::join({detail::decimal(options.summaryInterval.count()), " ms"}), "0 ms or more");
    return std::nullopt;
}

}
