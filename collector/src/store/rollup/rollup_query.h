#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/rollup/rollup.h"

namespace sidespan::collector {

/// The dimensions by which an answer groups rollups.
enum class RollupDimension : std::uint8_t { operation, service, version, os, host, sampleRate, blockSamples };

/// Which rollups are asked for, and how they are added up.
struct RollupQuery {
    std::int64_t fromHour = 0;   ///< since 1970
    std::int64_t untilHour = 0;  ///< not included
    /// Hours that are added up in one row; 0 for all of them.
    std::int64_t stepHours = 0;
    std::vector<RollupDimension> by;
    // Only what is equal to these.
    std::optional<std::string> operation;
    std::optional<std::string> service;
    std::optional<std::string> version;
    std::optional<std::string> os;
    std::optional<std::string> host;
    // What exceeds these is refused.
    std::size_t mostRows = 10'000;
    std::chrono::milliseconds mostTime{5'000};

    /// Throws std::invalid_argument that says how to ask for less, for an answer of more than `mostRows`.
    void checkRows(std::size_t rows) const;
    /// Throws the same if the sums take longer than `mostTime`.
    [[noreturn]] void tookTooLong() const;
};

/// One sum. Its key has the first hour of its step, and the dimensions that were asked for; of the others it
/// says nothing.
struct RollupRow {
    RollupKey key;
    RollupValue value;
};

}
