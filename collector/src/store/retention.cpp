#include <sidespan_collector/retention.h>

#include <stdexcept>
#include <string_view>

#include <fmt/format.h>

namespace sidespan::collector {

namespace {

void requirePositive(std::string_view what, const std::optional<std::int64_t>& value) {
    if (value && *value < 1)
        throw std::invalid_argument(fmt::format(
            "Retention::{} is {}; it must be at least 1, or not be set to keep everything", what, *value));
}

}

void Retention::check() const {
    requirePositive("days", days);
    requirePositive("keptDays", keptDays);
    requirePositive("maxBytes", maxBytes);
    requirePositive("slowNanos", slowNanos);
    requirePositive("rollupDays", rollupDays);
    if (keptDays && (!days || *keptDays <= *days)) {
        throw std::invalid_argument(
            "Retention::keptDays must be more than Retention::days, which must be set: it is for traces that "
            "stay "
            "longer than the others");
    }
}

}
