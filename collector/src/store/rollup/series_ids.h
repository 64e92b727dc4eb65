#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "store/rollup/rollup.h"

namespace sidespan::collector {

/// Maps the series of a database to their ids, and limits their number, whatever names clients invent: series
/// beyond a limit count in one called `other`. Each collector of a database limits the series that it knows.
/// One thread at a time.
class SeriesIds {
public:
    static constexpr std::size_t serviceLimit = 100;
    static constexpr std::size_t operationLimit = 500;  ///< of a service
    static constexpr std::size_t seriesLimit = 5'000;   ///< of a service
    static constexpr const char* other = "other";

    /// Stores a series, and returns its id.
    using Insert = std::function<std::int64_t(const RollupSeries&)>;

    /// Learns of one that is stored.
    void add(const RollupSeries& series, std::int64_t id);
    /// The id of a series, or of the one that it counts in beyond a bound. Stores what is new. Throws what
    /// `insert` throws; then nothing has changed.
    [[nodiscard]] std::int64_t idOf(const RollupSeries& series, const Insert& insert);

private:
    struct Service {
        std::unordered_set<std::string> operations;
        std::size_t series = 0;
    };
    [[nodiscard]] RollupSeries bounded(const RollupSeries& series) const;

    std::map<RollupSeries, std::int64_t> ids_;
    std::unordered_map<std::string, Service> services_;
};

}
