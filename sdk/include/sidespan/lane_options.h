#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <sidespan/error.h>
#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// How a lane is opened: `recorder.openLane({.sampleRate = rate, .keepOverLoad = 0.8})`.
///
/// A block is kept with its children when it took more than `keepOverLoad` of its time, when it is the Nth,
/// while `Lane::keepAll` is on, or when its `context()` was asked for; the others are measured and rewound.
struct LaneOptions {
    /// In Hz; what a block's budget follows from. 1 to 10,000,000; not needed without `block()`.
    double sampleRate = 0;
    /// Keep blocks that took more than this share of their budget, 0 to 1,000,000; 0 keeps all that have one,
    /// 1 those that overran. Offline rendering, empty blocks and a lane without a sample rate have none.
    double keepOverLoad = 0.8;
    /// Keep one block in so many besides; 0 keeps none for its number.
    std::uint32_t keepOneIn = 0;
    /// At most so many blocks a second are kept, after a burst of as many as fit into one second; pinned ones
    /// always are. An overloaded machine must not be made busier by its telemetry. 0.01 to 1,000,000.
    double maxKeptPerSecond = 50;
    /// Of the ring between the audio thread and the drain thread; 16 KiB to 256 MiB. A span with two
    /// attributes takes about 120 bytes, and the drain thread comes every `Config::queue.drainInterval` (20
    /// ms) while spans come, every 200 ms when none came: 256 KiB hold a burst of 2,000 spans, or 100,000
    /// spans a second.
    std::size_t capacityBytes = std::size_t{256} << 10U;
    /// How often the lane's load is summed up in a span of its own, "audio.load"; 0 for never.
    std::chrono::milliseconds summaryInterval{10'000};
    /// The most samples that the host puts into a block, as it says before it plays; 0 where it is not known.
    /// "audio.load" tells it, so that machines with the same buffers can be compared. No block is refused for
    /// its size.
    std::uint32_t maxBlockSamples = 0;
};

/// What is wrong with them, if anything: the field, what it holds and what would be right.
// In parentheses, since other libraries have a macro of this name.
[[nodiscard]] std::optional<Error>(check)(const LaneOptions& options);

}
