#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// Why a span did not arrive.
enum class DropReason : std::uint8_t {
    queueFull,         ///< the hand-off had no room: the drain thread did not keep up
    laneFull,          ///< no room in a lane, or no memory to sort it, for an outermost span
    tooManyOpen,       ///< more spans open by handle than there are slots, or nested too deep on a lane
    tooLarge,          ///< larger than the sink or the server accepts
    rejected,          ///< the server will never accept it
    expired,           ///< waited longer than the outbox keeps
    outboxFull,        ///< pushed out of the outbox by newer batches
    consentWithdrawn,  ///< recorded before consent was denied, not yet delivered
    shutdown,          ///< ended after shutdown, or still in memory when its deadline passed
    sinkFailed,        ///< the sink could not take it: a disk that is full, a file that cannot be opened
    laneMisused,       ///< two threads wrote into one outermost span of a lane and broke it
};
inline constexpr std::size_t dropReasonCount = 11;

[[nodiscard]] std::string_view toString(DropReason reason) noexcept;

/// A count of spans for each DropReason.
struct DropCounts {
    std::array<std::uint64_t, dropReasonCount> counts{};

    [[nodiscard]] std::uint64_t& operator[](DropReason reason) {
        return counts[static_cast<std::size_t>(reason)];
    }
    [[nodiscard]] std::uint64_t operator[](DropReason reason) const {
        return counts[static_cast<std::size_t>(reason)];
    }
    [[nodiscard]] std::uint64_t total() const noexcept {
        std::uint64_t sum = 0;
        for (auto count : counts) sum += count;
        return sum;
    }
    DropCounts& operator+=(const DropCounts& other) noexcept {
        for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
        return *this;
    }
    friend bool operator==(const DropCounts&, const DropCounts&) = default;
};

/// What became of the spans a sink was given. Every count is of spans.
/// received + recovered = delivered + dropped.total() + queued + onDisk, at any moment the sink is not
/// consuming.
struct SinkStats {
    std::uint64_t received = 0;   ///< handed over by the drain thread
    std::uint64_t recovered = 0;  ///< found on disk from an earlier run
    std::uint64_t delivered = 0;  ///< where they belong: on the server, in the file, in memory
    std::uint64_t queued = 0;     ///< in memory, on their way
    std::uint64_t onDisk = 0;     ///< in the outbox directory
    DropCounts dropped;

    friend bool operator==(const SinkStats&, const SinkStats&) = default;
};

/// What became of every span of a recorder. After a flush that returned true,
/// recorded + recovered = delivered + dropped.total() + notSampled + queued + onDisk.
struct Stats {
    std::uint64_t recorded = 0;  ///< ended while consent was granted, whatever happened next
    std::uint64_t recovered = 0;
    std::uint64_t delivered = 0;
    std::uint64_t queued = 0;  ///< in the hand-off, held by a TailSampler, or in the sink's memory
    std::uint64_t onDisk = 0;
    std::uint64_t notSampled = 0;    ///< ended, but not sampled by `Config::sampler`
    std::uint64_t keptUnjudged = 0;  ///< kept by a TailSampler without a decision; also in the other counts
    std::uint64_t notKept = 0;  ///< spans of audio blocks that were rewound: measured, not part of `recorded`
    DropCounts dropped;

    /// Whether the equation above holds.
    [[nodiscard]] bool isConserved() const noexcept {
        return recorded + recovered == delivered + dropped.total() + notSampled + queued + onDisk;
    }
    friend bool operator==(const Stats&, const Stats&) = default;
};

}
