#pragma once

#include <filesystem>
#include <vector>

#include <sidespan_database/sqlite.h>

#include "store/rollup/rollup_query.h"
#include "store/rollup/series_ids.h"

namespace sidespan::collector::sqlite {

/// Adds rollups to those that are stored. Throws DatabaseError.
class RollupWriter {
public:
    explicit RollupWriter(database::Database& database);

    /// Part of the caller's transaction.
    void write(const Rollups& rollups);
    /// What was written was taken back.
    void forget() { isLoaded_ = false; }

private:
    void loadSeries();
    [[nodiscard]] std::int64_t insertSeries(const RollupSeries& series);
    void add(std::int64_t hour, std::int64_t series, RollupValue value);

    database::Database& database_;
    database::Statement insertSeries_;
    database::Statement find_;
    database::Statement put_;
    SeriesIds series_;
    bool isLoaded_ = false;
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

    database::Database database_;
};

}
