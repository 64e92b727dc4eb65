#include <sidespan/network/detail/request_budget.h>

#include <algorithm>

namespace sidespan::inline v0::detail {

using std::chrono::days;

std::int64_t RequestBudget::bounded(std::uint64_t bytes) noexcept {
    return static_cast<std::int64_t>(std::min(bytes, static_cast<std::uint64_t>(mostBytes)));
}

bool RequestBudget::change(std::int64_t bytes, DeliveryClock::WallTime now) noexcept {
    if (limit_ == 0) return true;
    const std::int64_t today = std::chrono::floor<days>(now).time_since_epoch().count();
    if (day_.number != today) {
        day_ = {today, 0};
        unsaved_ = 0;
    }
    return add(bytes);
}

bool RequestBudget::addHere(std::int64_t bytes) noexcept {
    if (bytes > 0 && day_.used != 0 && bytes > limit_ - day_.used) return false;
    const auto change = std::max(-day_.used, bytes);
    day_.used = std::min(day_.used + change, mostBytes);
    unsaved_ += change;
    return true;
}

std::chrono::nanoseconds RequestBudget::untilTomorrow(DeliveryClock::WallTime now) noexcept {
    return std::chrono::floor<days>(now) + days{1} - now;
}

}
