#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <sidespan/trace_id.h>

namespace sidespan::inline v0::detail {

/// Chooses the track on which each span of a trace is drawn. A viewer treats a track as a stack: if two spans
/// on it overlap and neither contains the other, it shows a wrong length. Such spans get different tracks.
///
/// Remembers the last 256 spans that no other span of their track contains. Allocates nothing. One thread at
/// a time.
class TraceTracks {
public:
    /// The most tracks that a trace can have. A span that fits on none of them is drawn on the last.
    static constexpr std::uint32_t most = 64;

    /// The first track with room for this span. Call it in the order in which spans are written. Times are
    /// Unix nanoseconds.
    [[nodiscard]] std::uint32_t trackOf(TraceId trace, std::uint64_t start, std::uint64_t end) noexcept;

private:
    struct Drawn {
        TraceId trace;
        std::uint64_t start = 0;
        std::uint64_t end = 0;
        std::uint32_t track = 0;
    };
    void remember(const Drawn& drawn) noexcept;

    std::array<Drawn, 256> drawn_{};
    std::size_t oldest_ = 0;
};

}
