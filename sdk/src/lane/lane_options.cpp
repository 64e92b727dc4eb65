#include <string>
#include <string_view>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/finite.h>
#include <sidespan/detail/join.h>
#include <sidespan/lane_options.h>

namespace sidespan::inline v0 {
namespace {

Error wrong(std::string_view field, std::string_view held, std::string_view right) {
    return {ErrorCode::invalidConfig,
            detail::join({"LaneOptions::", field, " is ", held, "; it must be ", right})};
}

}

SIDESPAN_COLD std::optional<Error> check(const LaneOptions& options) {
    const double rate = options.sampleRate;
    if (rate != 0 && !detail::isWithin(rate, 1, 1e7))
        return wrong("sampleRate", detail::decimal(rate),
                     "from 1 to 10000000 Hz, or 0 for a lane without blocks");
    if (!detail::isWithin(options.keepOverLoad, 0, 1e6))
        return wrong("keepOverLoad", detail::decimal(options.keepOverLoad),
                     "from 0 to 1000000, where 1 is the whole budget");
    if (!detail::isWithin(options.maxKeptPerSecond, 0.01, 1e6))
        return wrong("maxKeptPerSecond", detail::decimal(options.maxKeptPerSecond), "from 0.01 to 1000000");
    if (options.capacityBytes < (16U << 10U) || options.capacityBytes > (256U << 20U))
        return wrong("capacityBytes", detail::decimal(options.capacityBytes),
                     "from 16384 to 268435456 bytes");
    if (options.summaryInterval.count() < 0)
        return wrong("summaryInterval",
                     detail::join({detail::decimal(options.summaryInterval.count()), " ms"}), "0 ms or more");
    return std::nullopt;
}

}
