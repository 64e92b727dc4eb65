#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <unordered_map>
#include <vector>

#include <sidespan_database/sqlite.h>

#include "store/rollup/rollup_query.h"
#include "store/rollup/series_ids.h"

namespace sidespan::collector::sqlite {

/// Adds rollups to those that are stored. Throws DatabaseError.
class RollupWriter {
public:
    explicit RollupWriter(database::Database& database);

    // Parts of the caller's transaction.
    /// To be called first: whether another connection has written, which may have deleted series.
    void begin();
    /// The id of a series, or of the one that it counts in. Stores what is new.
    [[nodiscard]] std::int64_t idOf(const RollupSeries& series);
    void write(const std::map<RollupPlace, RollupValue>& sums);

    /// What was written was taken back.
    void forget() { isLoaded_ = false; }

private:
    void loadSeries();
    [[nodiscard]] std::int64_t insertSeries(const RollupSeries& series);
    void add(const RollupPlace& place, RollupValue value);

    database::Database& database_;
    database::Statement dataVersion_;
    database::Statement insertSeries_;
    database::Statement find_;
    database::Statement put_;
    SeriesIds series_;
    bool isLoaded_ = false;
    std::int64_t lastDataVersion_ = -1;
};

/// Reads what RollupWriter wrote, over its own connection. One thread at a time.
class RollupReader {
public:
    explicit RollupReader(const std::filesystem::path& file)
        : database_(file, database::Database::Mode::readOnly) {}

    /// The sums that are asked for, in the order of their keys.
    [[nodiscard]] std::vector<RollupRow> read(const RollupQuery& query);

private:
    [[nodiscard]] Rollups sums(const RollupQuery& query);
    /// By id, each without the dimensions that are not asked for.
    [[nodiscard]] std::unordered_map<std::int64_t, RollupSeries> wantedSeries(const RollupQuery& query);

    database::Database database_;
};

}
