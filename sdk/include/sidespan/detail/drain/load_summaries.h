#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <sidespan/detail/lane/lane_core.h>
#include <sidespan/detail/record/id_keys.h>

namespace sidespan::inline v0::detail {

/// The name of load summaries.
inline constexpr std::string_view loadSummaryName = "audio.load";
/// The id range of load summaries.
inline constexpr std::uint64_t summaryIdRange = 9;

/// Now, and how long a tick is.
struct LaneTime {
    std::uint64_t now;
    double nanosPerTick;
};

/// Makes the "audio.load" spans, which say how much of their budget a lane's blocks took, kept or not: one
/// for each `LaneOptions::summaryInterval`, and one when the lane is closed. Drain thread.
class LoadSummaries {
public:
    /// Appends a record when one is due under `epoch` and there were blocks; whether it did. Where there is
    /// no memory for it, it stays due.
    bool append(LaneBase& lane, ConsentEpoch epoch, const LaneTime& time,
                std::vector<std::byte>& records) noexcept;

private:
    std::uint64_t nextCounter_ = firstOfIdRange(summaryIdRange);
};

}
