#include "byte_budget.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <sidespan/detail/join.h>

namespace sidespan::inline v0::detail {

using std::chrono::days;

namespace {

constexpr const char* fileName = "sent-today";

}

bool ByteBudget::take(std::uint64_t bytes, DeliveryClock::WallTime now) noexcept {
    if (limit_ == 0) return true;
    return change(now, [&](std::uint64_t& used) {
        if (used != 0 && (used >= limit_ || bytes > limit_ - used)) return false;
        used += bytes;
        return true;
    });
}

void ByteBudget::giveBack(std::uint64_t bytes, DeliveryClock::WallTime now) noexcept {
    if (limit_ == 0) return;
    change(now, [&](std::uint64_t& used) {
        used -= std::min(used, bytes);
        return true;
    });
}

// What cannot be saved is counted here, and saved with what comes later.
bool ByteBudget::change(DeliveryClock::WallTime now, const Change& change) noexcept {
    const std::int64_t today = std::chrono::floor<days>(now).time_since_epoch().count();
    if (day_.number != today) {
        day_ = {today, 0};
        unsaved_ = 0;
    }
    if (!directory_.empty() && !open_.isOpen()) {
        if (auto opened = Directory::make(directory_); opened.isSuccess()) open_ = std::move(opened).value();
    }
    std::optional<bool> isDone;
    const auto apply = [&] {
        const auto before = day_.used;
        isDone = change(day_.used);
        unsaved_ += static_cast<std::int64_t>(day_.used - before);
    };
    if (open_.isOpen()) {
        const auto saved = open_.update(fileName, [&](std::string_view text) {
            const Day known = parse(text);
            const auto used = static_cast<std::int64_t>(known.number == today ? known.used : 0);
            day_.used = static_cast<std::uint64_t>(std::max<std::int64_t>(0, used + unsaved_));
            apply();
            return join({std::to_string(day_.number), " ", std::to_string(day_.used), "\n"});
        });
        if (saved.isSuccess()) unsaved_ = 0;
    }
    if (!isDone) apply();
    return *isDone;
}

// What cannot be read is a day without a byte.
ByteBudget::Day ByteBudget::parse(std::string_view text) noexcept {
    Day day;
    const auto* const end = text.data() + text.size();
    const auto number = std::from_chars(text.data(), end, day.number);
    if (number.ec != std::errc{} || number.ptr == end) return {};
    const auto used = std::from_chars(number.ptr + 1, end, day.used);
    return used.ec == std::errc{} ? day : Day{};
}

std::chrono::nanoseconds ByteBudget::untilTomorrow(DeliveryClock::WallTime now) noexcept {
    return std::chrono::floor<days>(now) + days{1} - now;
}

}
