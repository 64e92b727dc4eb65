#include "server_clock.h"
#include <sidespan/detail/compiler.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace sidespan::inline v0::detail {

using namespace std::chrono_literals;

namespace {

// 64 bits of nanoseconds end in 2262, and a server with another date has no valid clock.
bool isPlausible(std::chrono::sys_seconds date) noexcept {
    constexpr std::chrono::sys_seconds year2200(7'258'118'400s);
    return date.time_since_epoch() >= 0s && date < year2200;
}

}

// If the bounds contradict the known ones, a clock was set. Then only the new ones are kept.
void ServerClock::observe(Time sent, Time received, std::chrono::sys_seconds date,
                          Nanos serverTime) noexcept {
    if (!isPlausible(date)) return;
    const auto work = std::clamp<Nanos>(serverTime, 0ns, received - sent);
    Bounds bounds{date.time_since_epoch() - received.time_since_epoch(),
                  date.time_since_epoch() + 1s - (sent + work).time_since_epoch()};
    if (bounds_) {
        const auto known = boundsAt(received);
        const Bounds both{std::max(known.least, bounds.least), std::min(known.most, bounds.most)};
        if (both.least <= both.most) bounds = both;
    }
    bounds_ = bounds;
    observed_ = received;
}

std::optional<ServerClock::Offset> ServerClock::at(Time moment) const noexcept {
    if (!bounds_) return std::nullopt;
    const auto [least, most] = boundsAt(moment);
    const auto error = (most - least) / 2;
    return Offset{least + error, error + 1ns};
}

ServerClock::Bounds ServerClock::boundsAt(Time moment) const noexcept {
    const Nanos apart = std::chrono::abs(moment - observed_);
    const auto drift = Nanos(static_cast<Nanos::rep>(static_cast<double>(apart.count()) * mostDrift));
    return {bounds_->least - drift, bounds_->most + drift};
}

SIDESPAN_COLD std::chrono::nanoseconds parseServerTime(std::string_view text) noexcept {
    constexpr std::int64_t most = 86'400'000;
    constexpr std::string_view digits = "0123456789";
    const auto whole = text.substr(0, text.find('.'));
    auto fraction = text.substr(std::min(whole.size() + 1, text.size()));
    if (whole.empty() || whole.size() > 8 || whole.find_first_not_of(digits) != whole.npos ||
        fraction.find_first_not_of(digits) != fraction.npos)
        return {};
    std::int64_t nanos = 0;
    for (const char c : whole) nanos = nanos * 10 + (c - '0');
    if (nanos > most) return {};
    fraction = fraction.substr(0, 6);
    for (std::size_t i = 0; i < 6; ++i) nanos = nanos * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
    return std::chrono::nanoseconds(nanos);
}

}
