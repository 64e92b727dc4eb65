#include <sidespan/chrome_trace/detail/trace_tracks.h>

#include <algorithm>
#include <bit>

namespace sidespan::inline v0::detail {
namespace {

// A viewer reads microseconds into a double, so times that are closer than this may become equal.
bool isClearlyBefore(std::uint64_t time, std::uint64_t other) noexcept {
    constexpr std::uint64_t resolution = 16;
    return time < other && other - time >= resolution;
}

// If two times are equal, a viewer handles the event that was written first. That is the other span's.
bool hasRoomBeside(std::uint64_t start, std::uint64_t end, std::uint64_t otherStart,
                   std::uint64_t otherEnd) noexcept {
    const bool isAfter = start >= otherEnd;
    const bool isAround = isClearlyBefore(start, otherStart) && end >= otherEnd;
    return isAfter || isAround || isClearlyBefore(end, otherStart);
}

}

std::uint32_t TraceTracks::trackOf(TraceId trace, std::uint64_t start, std::uint64_t end) noexcept {
    std::uint64_t taken = 0;
    for (const auto& other : drawn_) {
        if (other.trace == trace && !hasRoomBeside(start, end, other.start, other.end))
            taken |= std::uint64_t{1} << other.track;
    }
    const auto track = std::min(static_cast<std::uint32_t>(std::countr_one(taken)), most - 1);
    remember({trace, start, end, track});
    return track;
}

// Replaces the spans that `drawn` contains.
void TraceTracks::remember(const Drawn& drawn) noexcept {
    Drawn* place = nullptr;
    for (auto& other : drawn_) {
        if (other.trace != drawn.trace || other.track != drawn.track) continue;
        if (drawn.start > other.start || drawn.end < other.end) continue;
        other = {};
        place = &other;
    }
    if (place == nullptr) place = &drawn_[oldest_++ % drawn_.size()];
    *place = drawn;
}

}
