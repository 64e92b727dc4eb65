#include "store/rollup/series_ids.h"

namespace sidespan::collector {

void SeriesIds::add(const RollupSeries& series, std::int64_t id) {
    if (!ids_.emplace(series, id).second) return;
    auto& service = services_[series.service];
    service.operations.insert(series.operation);
    ++service.series;
}

std::int64_t SeriesIds::idOf(const RollupSeries& series, const Insert& insert) {
    if (const auto known = ids_.find(series); known != ids_.end()) return known->second;
    const auto counted = bounded(series);
    if (const auto known = ids_.find(counted); known != ids_.end()) return known->second;
    const auto id = insert(counted);
    add(counted, id);
    return id;
}

RollupSeries SeriesIds::bounded(const RollupSeries& series) const {
    const auto found = services_.find(series.service);
    if (found == services_.end())
        return services_.size() < serviceLimit ? series : RollupSeries{other, other, other, other, other};
    const auto& service = found->second;
    if (service.series >= seriesLimit) return {other, series.service, other, other, other};
    auto counted = series;
    if (service.operations.size() >= operationLimit && !service.operations.contains(series.operation))
        counted.operation = other;
    return counted;
}

}
