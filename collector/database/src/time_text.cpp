#include <sidespan_database/time_text.h>

#include <chrono>

#include <fmt/chrono.h>

namespace sidespan::database {

std::string timeText(std::int64_t unixMs) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(static_cast<std::time_t>(unixMs / 1'000)),
                       unixMs % 1'000);
}

std::int64_t unixMsNow() {
    auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}
