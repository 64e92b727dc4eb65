#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>

#include "query/trace_tree.h"
#include "store/rollup/duration_histogram.h"
#include "store/span_row.h"

namespace sidespan::collector {

/// The key by which spans are summed up, in addition to the hour. Text may be empty if a client does not
/// report it.
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

/// Where the time of traces went: as TimeSplit, of all of them. A sum that would be too large stays at the
/// largest number, or at the smallest.
struct TraceTimes {
    std::int64_t traces = 0;
    std::int64_t plugin = 0;  ///< nanoseconds
    std::int64_t network = 0;
    std::int64_t server = 0;

    /// `sign` is 1, or -1 for a trace that is taken away.
    void add(const TimeSplit& split, std::int64_t sign) noexcept;
    void add(const TraceTimes& other) noexcept;

    friend bool operator==(const TraceTimes&, const TraceTimes&) = default;
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
    TraceTimes times;  ///< of the traces that are called after one of the spans

    void add(const RollupValue& other);

    friend bool operator==(const RollupValue&, const RollupValue&) = default;
};

/// An hour (counted from 1970) and a series.
struct RollupKey {
    std::int64_t hour = 0;
    RollupSeries series;

    friend auto operator<=>(const RollupKey&, const RollupKey&) = default;
};

using Rollups = std::map<RollupKey, RollupValue>;

/// The same in a database, where a series has an id.
struct RollupPlace {
    std::int64_t hour = 0;
    std::int64_t series = 0;

    friend auto operator<=>(const RollupPlace&, const RollupPlace&) = default;
};

/// What resources say of the series of their spans; each is read once. Refers to them.
class ResourceFacts {
public:
    struct Facts {
        std::string os;
        std::string host;
    };
    [[nodiscard]] const Facts& of(const SpanRow& row);

private:
    std::map<const std::string*, Facts> facts_;
};

/// The audio blocks that an "audio.load" span reports; zeros for any other span.
struct AudioLoad {
    std::int64_t sampleRate = 0;
    std::int64_t blockSamples = 0;
    std::int64_t blocks = 0;
    std::int64_t overruns = 0;

    [[nodiscard]] static AudioLoad of(const SpanRow& row);
};

/// The series a span counts in.
[[nodiscard]] RollupSeries seriesOf(const SpanRow& row, const ResourceFacts::Facts& facts,
                                    const AudioLoad& load);

/// The hour in which a span counts: the hour of its start. If by the client's clock it started after its
/// arrival, or more than 31 days before, it is the hour of its arrival.
[[nodiscard]] std::int64_t rollupHour(std::int64_t startUnixNano, std::int64_t nowUnixNano) noexcept;

}
