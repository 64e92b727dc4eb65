#include "byte_budget.h"

#include <algorithm>
#include <charconv>

#include <sidespan/detail/join.h>

namespace sidespan::inline v0::detail {

using std::chrono::days;

namespace {

constexpr const char* fileName = "sent-today";

constexpr std::uint64_t mostBytes = std::uint64_t{1} << 61U;  // what is beyond it is as good, and sums fit

std::int64_t bounded(std::uint64_t bytes) noexcept {
    return static_cast<std::int64_t>(std::min(bytes, mostBytes));
}

}

ByteBudget::ByteBudget(const Config& config)
    : limit_(bounded(config.http.maxBytesPerDay)), directory_(config.outbox.directory) {}

bool ByteBudget::take(std::uint64_t bytes, DeliveryClock::WallTime now) noexcept {
    return add(bounded(bytes), now);
}

void ByteBudget::giveBack(std::uint64_t bytes, DeliveryClock::WallTime now) noexcept {
    add(-bounded(bytes), now);
}

bool ByteBudget::add(std::int64_t bytes, DeliveryClock::WallTime now) noexcept {
    if (limit_ == 0) return true;
    const std::int64_t today = std::chrono::floor<days>(now).time_since_epoch().count();
    if (day_.number != today) {
        day_ = {today, 0};
        unsaved_ = 0;
    }
    if (!directory_.empty() && !open_.isOpen()) {
        if (auto opened = Directory::make(directory_); opened.isSuccess()) open_ = std::move(opened).value();
    }
    const auto isAdded = open_.isOpen() ? addToFile(bytes) : std::nullopt;
    return isAdded ? *isAdded : addHere(bytes);
}

// Nothing when the file could not be read. What cannot be saved is saved with what comes later.
std::optional<bool> ByteBudget::addToFile(std::int64_t bytes) noexcept {
    std::optional<bool> isAdded;
    const auto saved = open_.update(fileName, [&](std::string_view text) {
        const Day known = parse(text);
        day_.used = std::max<std::int64_t>(0, (known.number == day_.number ? known.used : 0) + unsaved_);
        isAdded = addHere(bytes);
        return join({decimal(day_.number), " ", decimal(day_.used), "\n"});
    });
    if (saved.isSuccess()) unsaved_ = 0;
    return isAdded;
}

bool ByteBudget::addHere(std::int64_t bytes) noexcept {
    if (bytes > 0 && day_.used != 0 && bytes > limit_ - day_.used) return false;
    const auto change = std::max(-day_.used, bytes);
    day_.used = std::min(day_.used + change, bounded(mostBytes));
    unsaved_ += change;
    return true;
}

// What cannot be read is a day without a byte.
ByteBudget::Day ByteBudget::parse(std::string_view text) noexcept {
    Day day;
    const auto* const end = text.data() + text.size();
    const auto number = std::from_chars(text.data(), end, day.number);
    if (number.ec != std::errc{} || number.ptr == end) return {};
    const auto used = std::from_chars(number.ptr + 1, end, day.used);
    day.used = std::clamp<std::int64_t>(day.used, 0, bounded(mostBytes));
    return used.ec == std::errc{} ? day : Day{};
}

std::chrono::nanoseconds ByteBudget::untilTomorrow(DeliveryClock::WallTime now) noexcept {
    return std::chrono::floor<days>(now) + days{1} - now;
}

}
