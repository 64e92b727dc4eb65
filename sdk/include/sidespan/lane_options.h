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
/// A block is kept with its children if it took more than `keepOverLoad` of its budget, if it is the Nth,
/// while `Lane::keepAll` is on, or if its `context()` was asked for. The others are measured and discarded.
struct LaneOptions {
    /// In Hz: a block's budget follows from it. 1 to 10,000,000; not needed without `block()`.
    double sampleRate = 0;
    /// Keep blocks that took more than this share of their budget, 0 to 1,000,000. 0 keeps all blocks that
    /// have a budget, 1 those that overran. Offline rendering, empty blocks and a lane without a sample rate
    /// have no budget.
    double keepOverLoad = 0.8;
    /// Also keep every Nth block; 0 disables this.
    std::uint32_t keepOneIn = 0;
    /// At most this many blocks a second are kept, after a burst of one second's blocks. Blocks whose
    /// `context()` was asked for are always kept. An overloaded machine must not be made busier by its
    /// telemetry. 0.01 to 1,000,000.
    double maxKeptPerSecond = 50;
    /// Size of the ring between the audio thread and the drain thread; 16 KiB to 256 MiB. A span with two
    /// attributes takes about 120 bytes. The drain thread comes every `Config::queue.drainInterval` (20 ms)
    /// while spans are recorded, otherwise every 200 ms. 256 KiB hold a burst of 2,000 spans, or 100,000
    /// spans a second.
    std::size_t capacityBytes = std::size_t{256} << 10U;
    /// How often a span "audio.load" sums up the lane's load; 0 for never.
    std::chrono::milliseconds summaryInterval{10'000};
    /// The largest block, in samples, that the host announces before it plays; 0 if it is not known.
    /// "audio.load" reports it, so that machines with equal buffers can be compared. No block is refused for
    /// its size.
    std::uint32_t maxBlockSamples = 0;
};

/// What is wrong with the options, if anything: the field, its value and what is allowed.
// In parentheses, since other libraries have a macro of this name.
[[nodiscard]] std::optional<Error>(check)(const LaneOptions& options);

}
