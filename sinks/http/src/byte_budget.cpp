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
    const std::int64_t today = std::chrono::floor<days>(now).time_since_epoch().count();
    if (!directory_.empty() && !open_.isOpen()) {
        if (auto opened = Directory::make(directory_); opened.isSuccess()) open_ = std::move(opened).value();
    }
    if (!open_.isOpen()) return takeFrom(day_, bytes, today);
    std::optional<bool> isTaken;
    // What cannot be written is counted here.
    static_cast<void>(open_.update(fileName, [&](std::string_view text) {
        // What was sent while the file could not be written counts all the same.
        auto day = parse(text);
        if (day_.number == today) day = {today, std::max(day_.used, day.number == today ? day.used : 0)};
        isTaken = takeFrom(day, bytes, today);
        day_ = day;
        return join({std::to_string(day.number), " ", std::to_string(day.used), "\n"});
    }));
    return isTaken ? *isTaken : takeFrom(day_, bytes, today);
}

bool ByteBudget::takeFrom(Day& day, std::uint64_t bytes, std::int64_t today) const noexcept {
    if (today != day.number) day = {today, 0};
    if (day.used != 0 && (day.used >= limit_ || bytes > limit_ - day.used)) return false;
    day.used += bytes;
    return true;
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
