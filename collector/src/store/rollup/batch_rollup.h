#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>

#include "store/batch_traces.h"
#include "store/rollup/rollup.h"

namespace sidespan::collector {

/// The changes of a batch to the sums of series and hours. Each span counts in the series of its name,
/// version, … and in the hour of its start. The time of a trace counts once, in the place of the span after
/// which the trace is named: its earliest root, or its earliest span while there is no root. As later spans
/// arrive, it is moved or corrected. Refers to the rows of the batch. One thread at a time.
class BatchRollup {
public:
    /// Gives a series its id.
    using IdOf = std::function<std::int64_t(const RollupSeries&)>;

    /// Finds the place of every row. `idOf` is asked for series in their order, each once: collectors that
    /// store the same new ones do not wait for each other in a circle.
    BatchRollup(const BatchTraces& traces, std::int64_t nowUnixNano, const IdOf& idOf);

    /// Where a row of the batch counts, and the time of a trace that is called after it.
    [[nodiscard]] RollupPlace placeOf(const SpanRow& row) const;

    /// Counts a row of the batch that is stored for the first time.
    void addSpan(const SpanRow& row);
    /// Counts the time of a trace that is new, in its place.
    void addTrace(const TraceAddition& added);
    /// The same for a trace that was there. `added` has its split from now on, and is given its place.
    void addToTrace(const BatchTrace& before, TraceAddition& added);

    /// Differences to what is stored; times may be negative. Without those that are nothing.
    [[nodiscard]] const std::map<RollupPlace, RollupValue>& sums();
    /// The times of all of them.
    [[nodiscard]] const TraceTimes& times() const noexcept { return times_; }

private:
    struct Row {
        std::int64_t hour = 0;
        const std::int64_t* series = nullptr;
        AudioLoad load{};
    };
    void addTime(const std::optional<RollupPlace>& place, const std::optional<TimeSplit>& split,
                 std::int64_t sign);

    std::map<RollupSeries, std::int64_t> ids_;
    std::unordered_map<const SpanRow*, Row> rows_;
    std::map<RollupPlace, RollupValue> sums_;
    TraceTimes times_;
};

}
