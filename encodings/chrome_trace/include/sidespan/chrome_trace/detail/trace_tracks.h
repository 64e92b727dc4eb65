#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <sidespan/trace_id.h>

namespace sidespan::inline v0::detail {

/// On which track of its trace each span is drawn. A viewer reads a track as a stack: of two spans that
/// overlap, neither within the other, on one track it shows a wrong length. Such spans get different tracks.
///
/// Knows the last 256 spans that lie in no other one of their track. Allocates nothing. One thread at a time.
class TraceTracks {
public:
    /// Tracks of one trace; what fits none of them is drawn on the last.
    static constexpr std::uint32_t most = 64;

    /// The first track with room for this span, which is written after those asked for before. In Unix
    /// nanoseconds.
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
