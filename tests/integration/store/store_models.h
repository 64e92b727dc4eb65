#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan_database/sqlite.h>

#include "store/open_store.h"
#include "support/postgres_cluster.h"
#include "support/temporary_directory.h"

/// The models of Store, each with a database of the test's own.
namespace sidespan::collector::testing {

/// One server for all tests of the program.
inline test::PostgresCluster& cluster() {
    static test::PostgresCluster cluster("fsync = off\nfull_page_writes = off\nsynchronous_commit = off\n");
    return cluster;
}

class SqliteModel {
public:
    static constexpr std::string_view storedNul{"\0", 1};
    /// Makes a database what a collector without the times of traces left.
    static constexpr std::array<const char*, 8> takeTimesBack{
        "DROP INDEX idx_rollups_series",
        "ALTER TABLE rollups DROP COLUMN trace_count",
        "ALTER TABLE rollups DROP COLUMN plugin_nano",
        "ALTER TABLE rollups DROP COLUMN network_nano",
        "ALTER TABLE rollups DROP COLUMN server_nano",
        "ALTER TABLE traces DROP COLUMN rollup_hour",
        "ALTER TABLE traces DROP COLUMN rollup_series_id",
        "PRAGMA user_version = 8"};

    [[nodiscard]] static bool isThere() { return true; }
    [[nodiscard]] std::string address() const { return "sqlite:" + (folder_ / "spans.db"); }
    /// The first column of a statement's result.
    std::vector<std::string> query(const std::string& sql) const {
        database::Database database(folder_ / "spans.db", database::Database::Mode::readWrite);
        auto statement = database.prepare(sql);
        std::vector<std::string> rows;
        while (statement.step()) rows.emplace_back(statement.text(0));
        return rows;
    }
    /// What it takes on the disk.
    [[nodiscard]] std::int64_t bytes() const {
        query("PRAGMA wal_checkpoint(TRUNCATE)");
        return static_cast<std::int64_t>(std::filesystem::file_size(folder_ / "spans.db"));
    }

private:
    test::TemporaryDirectory folder_;
};

class PostgresModel {
public:
    static constexpr std::string_view storedNul = "\xef\xbf\xbd";
    static constexpr std::array<const char*, 5> takeTimesBack{
        "DROP TABLE rollup_days",
        "ALTER TABLE rollups DROP COLUMN trace_count, DROP COLUMN plugin_nano, DROP COLUMN network_nano, "
        "DROP COLUMN server_nano",
        "ALTER TABLE traces DROP COLUMN rollup_hour, DROP COLUMN rollup_series_id",
        "DROP INDEX rollups_series_id", "DELETE FROM sidespan_schema WHERE version >= 2"};

    [[nodiscard]] static bool isThere() { return test::PostgresCluster::isInstalled(); }
    [[nodiscard]] const std::string& address() const { return address_; }
    std::vector<std::string> query(const std::string& sql) const { return cluster().query(address_, sql); }
    [[nodiscard]] std::int64_t bytes() const {
        return std::stoll(
            query("SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class WHERE relkind = 'r' "
                  "AND relnamespace = 'public'::regnamespace")
                .at(0));
    }

private:
    std::string address_ = cluster().newDatabase();
};

using Models = ::testing::Types<SqliteModel, PostgresModel>;

}
