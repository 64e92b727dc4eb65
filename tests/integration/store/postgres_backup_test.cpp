#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "access/token_table.h"
#include "store_fixture.h"

namespace sidespan::collector {
namespace {

using testing::applyRetention;
using testing::beforeMidnight;
using testing::failed;
using testing::ordinary;

/// What docs/server.md says of backups: pg_dump and pg_restore.
class PostgresBackupTest : public testing::StoreFixture<testing::PostgresModel> {
protected:
    void SetUp() override {
        dump_ = test::PostgresCluster::program("pg_dump");
        restore_ = test::PostgresCluster::program("pg_restore");
        if (dump_.empty() || restore_.empty()) GTEST_SKIP() << "pg_dump or pg_restore is not installed";
        StoreFixture::SetUp();
    }
    /// Everything in it that is the same after a restore, as one text.
    static std::vector<std::string> contents(const std::string& url) {
        std::vector<std::string> rows;
        for (const char* table :
             {"client_telemetry_spans", "kept_spans", "traces", "rollup_series", "rollups", "rollup_days",
              "clients", "batches", "resources", "access_tokens", "sidespan_schema"}) {
            for (const auto& row :
                 testing::cluster().query(url, fmt::format("SELECT t::text FROM {} AS t ORDER BY 1", table)))
                rows.push_back(fmt::format("{}: {}", table, row));
        }
        return rows;
    }
    static void run(const std::string& command) { ASSERT_EQ(std::system(command.c_str()), 0) << command; }

    test::TemporaryDirectory folder_;
    std::filesystem::path dump_;
    std::filesystem::path restore_;
};

TEST_F(PostgresBackupTest, ARestoredDatabaseGoesOnWhereTheDumpWasMade) {
    auto& store = open();
    const Store::Submitter submitter{"ann", {"run-1", "studio", {{"expired", 2}}, {}}};
    now_ = beforeMidnight;
    auto withResource = ordinary(1);
    withResource.resource = std::make_shared<const std::string>(R"({"os.type":"linux"})");
    store.write({withResource, failed(2)}, submitter);
    now_ += std::chrono::days(3);
    store.write({ordinary(3)}, submitter);
    const Retention retention{.days = 1, .keptDays = 30};
    EXPECT_EQ(applyRetention(store, retention).kept, 1);
    openTokenTable({model_->address()})->add({"0123456789abcdef", {}, {http_server::Scope::read}, "ann", 1});

    const auto restored = testing::cluster().newDatabase();
    run(fmt::format("'{}' --format=custom --file='{}' '{}'", dump_.string(), (folder_ / "sidespan.dump"),
                    model_->address()));
    run(fmt::format("'{}' --no-owner --dbname='{}' '{}'", restore_.string(), restored,
                    (folder_ / "sidespan.dump")));
    EXPECT_THAT(contents(restored), ::testing::ElementsAreArray(contents(model_->address())));
    EXPECT_THAT(contents(restored), ::testing::SizeIs(::testing::Gt(9U)));

    StoreOptions options;
    options.address = restored;
    options.clock = [this] { return now_; };
    auto& copy = *stores_.emplace_back(openStore(options));
    const auto again = copy.write({failed(2), ordinary(3), ordinary(4)}, submitter);
    EXPECT_EQ(again.accepted, 1U);
    EXPECT_EQ(again.duplicate, 2U);
    now_ += std::chrono::days(40);
    EXPECT_EQ(applyRetention(copy, retention).traces, 3) << "days are partitions there too";
    EXPECT_EQ(copy.write({ordinary(5)}, submitter).accepted, 1U);
}

}
}
