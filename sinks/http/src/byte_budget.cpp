#include "byte_budget.h"

namespace sidespan::inline v0::detail {

using std::chrono::days;

bool ByteBudget::take(std::uint64_t bytes, DeliveryClock::WallTime now) noexcept {
    if (limit_ == 0) return true;
    const auto today = std::chrono::floor<days>(now);
    if (today != day_) {
        day_ = today;
        used_ = 0;
    }
    if (used_ != 0 && (used_ >= limit_ || bytes > limit_ - used_)) return false;
    used_ += bytes;
    return true;
}

std::chrono::nanoseconds ByteBudget::untilTomorrow(DeliveryClock::WallTime now) noexcept {
    return std::chrono::floor<days>(now) + days{1} - now;
}

}
