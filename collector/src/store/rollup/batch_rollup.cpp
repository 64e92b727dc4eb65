#include "store/rollup/batch_rollup.h"

#include <algorithm>

namespace sidespan::collector {

BatchRollup::BatchRollup(const BatchTraces& traces, std::int64_t nowUnixNano, const IdOf& idOf) {
    ResourceFacts resources;
    for (const auto& [traceId, trace] : traces) {
        for (const auto* row : trace.rows) {
            const auto load = AudioLoad::of(*row);
            const auto found = ids_.try_emplace(seriesOf(*row, resources.of(*row), load)).first;
            rows_.emplace(row, Row{rollupHour(row->startUnixNano, nowUnixNano), &found->second, load});
        }
    }
    for (auto& [series, id] : ids_) id = idOf(series);
}

RollupPlace BatchRollup::placeOf(const SpanRow& row) const {
    const auto& found = rows_.at(&row);
    return {found.hour, *found.series};
}

void BatchRollup::addSpan(const SpanRow& row) {
    const auto& [hour, series, load] = rows_.at(&row);
    RollupValue value;
    value.blocks = load.blocks;
    value.overruns = load.overruns;
    auto& sum = sums_[{hour, *series}];
    sum.add(value);
    ++sum.count;
    if (row.status == "error") ++sum.errors;
    sum.durations.add(std::max<std::int64_t>(0, row.endUnixNano - row.startUnixNano));
}

void BatchRollup::addTrace(const TraceAddition& added) {
    addTime(added.rollup, added.split, 1);
}

void BatchRollup::addToTrace(const BatchTrace& before, TraceAddition& added) {
    added.rollup = before.isCalledAfter(*added.named) ? placeOf(*added.named) : before.rollup;
    addTime(before.rollup, before.split, -1);
    addTime(added.rollup, added.split, 1);
}

const std::map<RollupPlace, RollupValue>& BatchRollup::sums() {
    std::erase_if(sums_, [](const auto& sum) { return sum.second == RollupValue(); });
    return sums_;
}

void BatchRollup::addTime(const std::optional<RollupPlace>& place, const std::optional<TimeSplit>& split,
                          std::int64_t sign) {
    if (!place || !split) return;
    sums_[*place].times.add(*split, sign);
    times_.add(*split, sign);
}

}
