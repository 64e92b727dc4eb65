#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "store/rollup/duration_histogram.h"
#include "store/span_row.h"

namespace sidespan::collector {

/// What spans are summed up by, beside the hour. Text may be empty where a client does not tell.
struct RollupSeries {
    std::string operation{};  ///< the spans' name
    std::string service{};
    std::string version{};
    std::string os{};    ///< `os.type` of the resource
    std::string host{};  ///< `daw.name` of the resource
    /// Of "audio.load" spans alone: Hz, and the largest block in samples; 0 where it is not told.
    std::int64_t sampleRate = 0;
    std::int64_t blockSamples = 0;

    friend auto operator<=>(const RollupSeries&, const RollupSeries&) = default;
};

/// What the spans of one series and hour have in common.
struct RollupValue {
    std::int64_t count = 0;
    std::int64_t errors = 0;
    DurationHistogram durations;
    /// Audio blocks that "audio.load" spans tell of, and those that took longer than their budget;
    /// at most the largest number.
    std::int64_t blocks = 0;
    std::int64_t overruns = 0;

    void add(const RollupValue& other);

    friend bool operator==(const RollupValue&, const RollupValue&) = default;
};

/// Which hour (since 1970), and which series.
struct RollupKey {
    std::int64_t hour = 0;
    RollupSeries series;

    friend auto operator<=>(const RollupKey&, const RollupKey&) = default;
};

using Rollups = std::map<RollupKey, RollupValue>;

/// The series a span counts in.
[[nodiscard]] RollupSeries seriesOf(const SpanRow& row);

/// The hour a span counts in: that of its start, or that of its arrival when by the client's clock it started
/// later, or more than 31 days before.
[[nodiscard]] std::int64_t rollupHour(std::int64_t startUnixNano, std::int64_t nowUnixNano) noexcept;

/// Sums up spans that are stored for the first time.
[[nodiscard]] Rollups rollUp(const std::vector<const SpanRow*>& rows, std::int64_t nowUnixNano);

}
