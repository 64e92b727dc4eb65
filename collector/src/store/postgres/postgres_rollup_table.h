#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include <sidespan_postgres/postgres_connection.h>

#include "store/rollup/rollup_query.h"
#include "store/rollup/series_ids.h"

namespace sidespan::collector::postgres {

/// Adds rollups to those that are stored. Throws PostgresError.
class RollupWriter {
public:
    explicit RollupWriter(database::PostgresConnection& connection) : connection_(connection) {}

    // Parts of the caller's transaction.
    /// The id of a series, or of the one that it counts in. Stores what is new.
    [[nodiscard]] std::int64_t idOf(const RollupSeries& series);
    void write(const std::map<RollupPlace, RollupValue>& sums);

    /// What was written was taken back.
    void forget() { isLoaded_ = false; }

private:
    void write(const std::map<RollupPlace, RollupValue>& sums, std::string_view sql);
    void loadSeries();
    [[nodiscard]] std::int64_t insertSeries(const RollupSeries& series);

    database::PostgresConnection& connection_;
    SeriesIds series_;
    bool isLoaded_ = false;
};

/// The sums that are asked for, in the order of their keys. Throws PostgresError.
[[nodiscard]] std::vector<RollupRow> readRollups(database::PostgresConnection& connection,
                                                 const RollupQuery& query);

}
