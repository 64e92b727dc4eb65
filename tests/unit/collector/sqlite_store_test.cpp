#include "store/sqlite/sqlite_store.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <set>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <boost/json/array.hpp>

#include <sidespan_database/sqlite.h>
#include <sqlite3.h>
#include "spans.h"
#include "store/sqlite/sqlite_token_table.h"

namespace sidespan::collector::sqlite {
namespace {

using namespace std::chrono_literals;
using namespace testing;

class SqliteStoreTest : public ::testing::Test {
protected:
    SqliteStoreTest() {
        std::string pattern = ::testing::TempDir() + "sidespan-store-XXXXXX";
        directory_ = mkdtemp(pattern.data());
        file_ = directory_ / "spans.db";
    }
    ~SqliteStoreTest() override { std::filesystem::remove_all(directory_); }

    static StoredTrace load(Store& store, std::string_view trace, std::size_t spanLimit) {
        return store.load(std::string(trace), spanLimit, 1U << 20);
    }

    // With one span, as the collector that wrote that version left it.
    void makeFileOfVersion(int version) {
        SqliteStore(file_).write({row(spanJson(traceA, 1, 0, "a", 0, 1))});
        database::Database database(file_, database::Database::Mode::readWrite);
        database.execute(
            "CREATE TABLE old (trace_id VARCHAR(36) PRIMARY KEY NOT NULL, name VARCHAR(255) NOT NULL, "
            "has_root "
            "INTEGER NOT NULL, name_start BIGINT NOT NULL, name_duration BIGINT NOT NULL, start_unix_nano "
            "BIGINT "
            "NOT NULL, end_unix_nano BIGINT NOT NULL, sort_unix_nano BIGINT NOT NULL, span_count INTEGER NOT "
            "NULL, error_count INTEGER NOT NULL, cancelled_count INTEGER NOT NULL, service_name "
            "VARCHAR(255)) "
            "WITHOUT ROWID;"
            "INSERT INTO old SELECT trace_id, name, has_root, name_start, name_duration, start_unix_nano, "
            "end_unix_nano, sort_unix_nano, span_count, error_count, cancelled_count, service_name FROM "
            "traces;"
            "DROP TABLE traces; ALTER TABLE old RENAME TO traces; CREATE INDEX idx_traces_newest ON traces "
            "(sort_unix_nano); DROP INDEX idx_trace_id; DROP INDEX idx_resource_id; ALTER TABLE "
            "client_telemetry_spans DROP COLUMN "
            "trace_no;"
            "CREATE UNIQUE INDEX idx_trace_id ON client_telemetry_spans (trace_id, span_id)");
        dropTimesOfRollups(database);
        if (version < 6) database.execute("DROP TABLE rollups; DROP TABLE rollup_series");
        if (version < 5) dropWhatVersionFiveAdded(database, version);
        database.execute(("PRAGMA user_version = " + std::to_string(version)).c_str());
    }

    static void dropTimesOfRollups(database::Database& database) {
        database.execute("DROP INDEX idx_rollups_series");
        for (const char* column : {"trace_count", "plugin_nano", "network_nano", "server_nano"})
            database.execute(fmt::format("ALTER TABLE rollups DROP COLUMN {}", column).c_str());
    }

    static void dropWhatVersionFiveAdded(database::Database& database, int version) {
        database.execute(
            "DROP TABLE resources; ALTER TABLE client_telemetry_spans DROP COLUMN resource_id;"
            "DROP TABLE batches; ALTER TABLE client_telemetry_spans DROP COLUMN batch_id;"
            "ALTER TABLE clients DROP COLUMN clock_monotonic; ALTER TABLE clients DROP COLUMN clock_offset;"
            "ALTER TABLE clients DROP COLUMN clock_error");
        if (version < 3) {
            database.execute(
                "ALTER TABLE clients DROP COLUMN service_name; ALTER TABLE traces DROP COLUMN service_name;"
                "ALTER TABLE client_telemetry_spans DROP COLUMN service_name;"
                "ALTER TABLE client_telemetry_spans DROP COLUMN dropped_links");
        }
        if (version < 2) database.execute("DROP TABLE clients");
    }

    std::filesystem::path directory_;
    std::filesystem::path file_;
};

TEST_F(SqliteStoreTest, ShowsATraceWithoutTheSpanThatCannotBeRead) {
    SqliteStore store(file_);
    store.write({row(spanJson(traceA, 1, 0, "a", 0, 1)), row(spanJson(traceA, 2, 1, "b", 0, 1))});
    database::Database(file_, database::Database::Mode::readWrite)
        .execute("UPDATE client_telemetry_spans SET events = '[{\"x\":Infinity}]' WHERE name = 'b'");
    const auto trace = load(store, traceA, 100);
    ASSERT_THAT(trace.spans, SizeIs(1));
    EXPECT_EQ(trace.spans[0].span.name, "a");
    EXPECT_EQ(trace.spanCount, 2U);
}

TEST_F(SqliteStoreTest, HasTheColumnsAndIndexesOfTheTable) {
    SqliteStore store(file_);
    store.write({row(spanJson(traceA, 1, 0, "a", 0, 1234.9))});
    database::Database database(file_, database::Database::Mode::readOnly);
    auto select = database.prepare(
        "SELECT id, trace_id, span_id, name, duration_ms, client_type, client_version, status, attributes, "
        "user_id,"
        " created_at, datetime(created_at) IS NOT NULL FROM client_telemetry_spans");
    ASSERT_TRUE(select.step());
    EXPECT_TRUE(TraceId::parse(select.text(0)));
    EXPECT_EQ(select.text(0).size(), 36U);
    EXPECT_EQ(select.text(1), traceA);
    EXPECT_EQ(select.integer(4), 1234);
    EXPECT_EQ(select.text(8), "{}");
    EXPECT_EQ(select.integer(11), 1);
    auto indexes = database.prepare(
        "SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_master"
        " WHERE type = 'index' AND name LIKE 'idx%' ORDER BY name)");
    ASSERT_TRUE(indexes.step());
    EXPECT_EQ(indexes.text(0),
              "idx_clients_newest idx_created_at idx_resource_id idx_rollups_series idx_trace_id "
              "idx_traces_created_at "
              "idx_traces_newest "
              "idx_traces_owner "
              "idx_user_id");
}

// The statements that SQLite ran on connections that were opened meanwhile.
class AskedStatements {
public:
    AskedStatements() {
        texts().clear();
        sqlite3_auto_extension(entry());
    }
    ~AskedStatements() { sqlite3_cancel_auto_extension(entry()); }

    [[nodiscard]] static std::vector<std::string> plans(database::Database& database) {
        std::vector<std::string> lines;
        for (const auto& sql : texts()) {
            if (!sql.starts_with("SELECT")) continue;
            auto plan = database.prepare("EXPLAIN QUERY PLAN " + sql);
            while (plan.step()) lines.emplace_back(plan.text(3));
        }
        return lines;
    }

private:
    static std::set<std::string>& texts() {
        static std::set<std::string> texts;
        return texts;
    }
    static void (*entry())() { return reinterpret_cast<void (*)()>(&watch); }
    static int watch(sqlite3* connection, const char**, const sqlite3_api_routines*) {
        return sqlite3_trace_v2(connection, SQLITE_TRACE_STMT, &add, nullptr);
    }
    static int add(unsigned, void*, void* statement, void*) {
        if (const auto* sql = sqlite3_sql(static_cast<sqlite3_stmt*>(statement))) texts().insert(sql);
        return 0;
    }
};

TEST_F(SqliteStoreTest, SearchesForTheSumsOfOneOperationAmongMany) {
    SqliteStore store(file_);
    std::vector<SpanRow> rows;
    for (std::uint64_t i = 1; i <= 8; ++i)
        rows.push_back(row(spanJson(traceA, i, 0, "operation " + std::to_string(i), 0, 1)));
    store.write(rows);
    RollupQuery query;
    query.untilHour = std::numeric_limits<std::int64_t>::max();
    const auto plansOf = [&](const RollupQuery& asked, std::size_t sums) {
        const AskedStatements statements;
        EXPECT_THAT(SqliteStore(file_).rollups(asked), SizeIs(sums));
        database::Database database(file_, database::Database::Mode::readOnly);
        return AskedStatements::plans(database);
    };
    query.by = {RollupDimension::operation};
    EXPECT_THAT(plansOf(query, 8),
                Contains(HasSubstr("SEARCH rollups USING PRIMARY KEY (hour>? AND hour<?)")));
    query.operation = "operation 3";
    EXPECT_THAT(
        plansOf(query, 1),
        AllOf(Contains(HasSubstr(
                  "SEARCH rollups USING INDEX idx_rollups_series (series_id=? AND hour>? AND hour<?)")),
              Not(Contains(HasSubstr("PRIMARY KEY (hour>?")))));
}

// The time is over after each of SQLite's looks at it.
TEST_F(SqliteStoreTest, GoesOnWithASearchWhereItsTimeWasOver) {
    SqliteStore store(file_);
    for (std::uint64_t i = 1; i <= 300; ++i) {
        auto trace = std::string(traceA);
        auto json =
            spanJson(trace.replace(0, 8, fmt::format("{:08x}", i)), 1, 0, "span", -static_cast<double>(i), 1);
        json["attributes"] = {{"file.name", i == 300 ? "loop.wav" : "song.wav"}};
        store.write({row(json)});
    }
    TraceQuery query;
    query.attributeKey = "file.name";
    query.attributeValue = "loop.wav";
    std::size_t found = 0;
    TraceQuery any;
    any.limit = 300;
    EXPECT_GE(store.list(any, 0ms).traces.size(), 12U)
        << "conditions that are not asked for are not evaluated";
    auto list = store.list(query, 0ms);
    EXPECT_FALSE(list.complete);
    for (int rounds = 0; list.next && rounds < 300; ++rounds) {
        query.before = list.next;
        list = store.list(query, 0ms);
        found += list.traces.size();
    }
    EXPECT_TRUE(list.complete);
    EXPECT_EQ(found, 1U);
}

TEST_F(SqliteStoreTest, OpensAndReadsAFileThatAnotherProgramWritesInto) {
    SqliteStore(file_).write({row(spanJson(traceA, 1, 0, "a", 0, 1))});
    SqliteTokenTable(file_).add(
        {.id = "0123456789abcdef", .digest = {}, .scopes = {http_server::Scope::read}, .owner = "ann"});
    database::Database other(file_, database::Database::Mode::readWrite);
    const database::Transaction writing(other);
    SqliteStore store(file_);
    EXPECT_THAT(load(store, traceA, 10).spans, SizeIs(1));
    SqliteTokenTable tokens(file_);
    EXPECT_EQ(tokens.state(), "1/0");
    EXPECT_THAT(tokens.load(), SizeIs(1));
}

TEST_F(SqliteStoreTest, ReadsNoTokensAndMakesNoTableWhereThereIsNone) {
    { SqliteStore store(file_); }
    SqliteTokenTable tokens(file_);
    EXPECT_EQ(tokens.state(), "");
    EXPECT_THAT(tokens.load(), IsEmpty());
    SqliteTokenTable(file_).add(
        {.id = "0123456789abcdef", .digest = {}, .scopes = {http_server::Scope::read}, .owner = "ann"});
    EXPECT_EQ(tokens.state(), "1/0");
}

TEST_F(SqliteStoreTest, TokensOfALockedFileAreNotKnown) {
    SqliteTokenTable(file_).add(
        {.id = "0123456789abcdef", .digest = {}, .scopes = {http_server::Scope::read}, .owner = "ann"});
    database::Database other(file_, database::Database::Mode::readWrite);
    other.execute("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE");
    SqliteTokenTable tokens(file_, 0ms);
    const auto isLocked = ::testing::ThrowsMessage<StoreUnavailable>(
        AllOf(HasSubstr("spans.db"), HasSubstr("locked by another program")));
    EXPECT_THAT([&] { static_cast<void>(tokens.state()); }, isLocked);
    EXPECT_THAT([&] { static_cast<void>(tokens.load()); }, isLocked);
    other.execute("ROLLBACK");
    EXPECT_EQ(tokens.state(), "1/0");
}

TEST_F(SqliteStoreTest, AReadThatMaySucceedLaterIsUnavailableNow) {
    SqliteStore store(file_);
    store.write({row(spanJson(traceA, 1, 0, "a", 0, 1))});
    sqlite3_hard_heap_limit64(1);
    TraceQuery query;
    query.text = "a";
    EXPECT_THROW(static_cast<void>(store.list(query, 10s)), StoreUnavailable);
    EXPECT_THROW(static_cast<void>(store.rollups({})), StoreUnavailable);
    sqlite3_hard_heap_limit64(0);
    EXPECT_THAT(store.list(query, 10s).traces, SizeIs(1));
}

TEST_F(SqliteStoreTest, RefusesAFileOfAnotherProgram) {
    {
        database::Database database(file_, database::Database::Mode::readWrite);
        database.execute("CREATE TABLE songs (name TEXT)");
    }
    const auto content = [&] {
        std::ifstream stream(file_, std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(stream), {});
    };
    const auto before = content();
    EXPECT_THAT([&] { SqliteStore store(file_); },
                ::testing::ThrowsMessage<std::runtime_error>(HasSubstr("made by another program")));
    EXPECT_EQ(content(), before) << "it is not ours to change";
}

TEST_F(SqliteStoreTest, RefusesALaterVersion) {
    { SqliteStore store(file_); }
    {
        database::Database database(file_, database::Database::Mode::readWrite);
        database.execute("PRAGMA user_version = 99");
    }
    EXPECT_THAT([&] { SqliteStore store(file_); },
                ::testing::ThrowsMessage<std::runtime_error>(HasSubstr("has version 99")));
}

TEST_F(SqliteStoreTest, BringsAFileOfVersionOneUpToDate) {
    makeFileOfVersion(1);
    SqliteStore store(file_);
    EXPECT_EQ(store.write({row(spanJson(traceA, 1, 0, "a", 0, 1))}, {"", {"client-1", "", {}}}).duplicate,
              1U);
    EXPECT_THAT(store.clients(10), SizeIs(1));
}

TEST_F(SqliteStoreTest, BringsAFileOfVersionTwoUpToDate) {
    makeFileOfVersion(2);
    SqliteStore store(file_);
    auto named = row(spanJson(traceA, 2, 0, "b", 0, 1));
    named.serviceName = "LoopShare";
    EXPECT_EQ(store.write({named}).accepted, 1U);
    EXPECT_THAT(load(store, traceA, 10).spans, SizeIs(2));
}

TEST_F(SqliteStoreTest, BringsAFileOfVersionSixUpToDate) {
    makeFileOfVersion(6);
    SqliteStore store(file_);
    EXPECT_EQ(store.write({row(spanJson(traceA, 1, 0, "a", 0, 1)), row(spanJson(traceA, 2, 1, "b", 0, 1))})
                  .accepted,
              1U);
    const auto trace = load(store, traceA, 10);
    EXPECT_THAT(trace.spans, SizeIs(2));
    EXPECT_EQ(trace.spanCount, 2U);
    database::Database database(file_, database::Database::Mode::readOnly);
    EXPECT_EQ(database.integer("PRAGMA auto_vacuum"), 2) << "it can give back its space";
    EXPECT_EQ(database.integer("SELECT min(trace_no) FROM client_telemetry_spans"), 1);
}

TEST_F(SqliteStoreTest, BringsAFileOfVersionThreeUpToDate) {
    makeFileOfVersion(3);
    SqliteStore store(file_);
    auto told = row(spanJson(traceA, 2, 0, "b", 0, 1));
    told.resource = std::make_shared<const std::string>(R"({"daw.name":"Ardour"})");
    EXPECT_EQ(store.write({told}).accepted, 1U);
    const auto trace = load(store, traceA, 10);
    ASSERT_THAT(trace.spans, SizeIs(2));
    EXPECT_EQ(trace.spans[0].resource, nullptr);
    EXPECT_EQ(trace.spans[1].resource->at("daw.name"), "Ardour");
}

TEST_F(SqliteStoreTest, FindsTheOwnersInAFileOfVersionSeven) {
    {
        SqliteStore store(file_);
        store.write({row(spanJson(traceA, 1, 9, "a", 0, 1))}, {"ann", {}});
        store.write({row(spanJson(traceA, 2, 0, "a", 0, 1))}, {"eve", {}});
        store.write({row(spanJson(traceB, 1, 0, "b", 0, 1))}, {"", {}});
        store.write({row(spanJson(traceB, 2, 0, "b", 0, 1))}, {"eve", {}});
    }
    {
        database::Database database(file_, database::Database::Mode::readWrite);
        dropTimesOfRollups(database);
        database.execute(
            "DROP INDEX idx_resource_id; DROP INDEX idx_traces_owner; ALTER TABLE traces DROP COLUMN owner; "
            "ALTER TABLE traces DROP COLUMN rollup_hour; ALTER TABLE traces DROP COLUMN rollup_series_id; "
            "PRAGMA user_version = 7");
    }
    SqliteStore store(file_);
    EXPECT_EQ(store.ownerOf(std::string(traceA)), "ann");
    EXPECT_EQ(store.ownerOf(std::string(traceB)), "");
    store.write({row(spanJson(traceB, 3, 0, "b", 0, 1))}, {"eve", {}});
    EXPECT_EQ(store.ownerOf(std::string(traceB)), "");
}

TEST_F(SqliteStoreTest, MakesTextsOfTheUsersInAFileOfVersionTen) {
    const Store::Submitter seven{"7", {"client-1", "", {}}};
    SqliteStore(file_).write({row(spanJson(traceA, 1, 0, "a", 0, 1))}, seven);
    {
        database::Database database(file_, database::Database::Mode::readWrite);
        for (const auto& [table, column] : {std::pair{"client_telemetry_spans", "user_id"},
                                            std::pair{"traces", "owner"}, std::pair{"clients", "user_id"}}) {
            database.execute(
                fmt::format("DROP INDEX IF EXISTS idx_user_id; DROP INDEX IF EXISTS idx_traces_owner;"
                            "ALTER TABLE {0} DROP COLUMN {1}; ALTER TABLE {0} ADD COLUMN {1} UUID;"
                            "UPDATE {0} SET {1} = '7'",
                            table, column)
                    .c_str());
        }
        database.execute(
            "CREATE INDEX idx_user_id ON client_telemetry_spans (user_id) WHERE user_id IS NOT NULL;"
            "CREATE INDEX idx_traces_owner ON traces (owner) WHERE owner IS NOT NULL; PRAGMA user_version = "
            "10");
        ASSERT_EQ(database.integer("SELECT typeof(owner) = 'integer' FROM traces"), 1);
    }
    SqliteStore store(file_);
    EXPECT_EQ(store.ownerOf(std::string(traceA)), "7");
    EXPECT_THAT(store.clients(10, "7"), SizeIs(1));
    store.write({row(spanJson(traceB, 1, 0, "b", 0, 1))}, {"007", {}});
    EXPECT_EQ(store.eraseUser("7").spans, 1);
    EXPECT_EQ(store.ownerOf(std::string(traceB)), "007");
}

TEST_F(SqliteStoreTest, WritesNothingIntoAFileThatIsNoLongerThere) {
    SqliteStore store(file_);
    store.write({row(spanJson(traceA, 1, 0, "a", 0, 1))});
    const auto refuses = [&] {
        EXPECT_THAT([&] { store.write({row(spanJson(traceA, 2, 0, "a", 0, 1))}); },
                    ::testing::ThrowsMessage<StoreUnavailable>(HasSubstr("was moved or deleted")));
    };
    const auto elsewhere = directory_ / "elsewhere";
    std::filesystem::rename(file_, elsewhere);
    refuses();
    { std::ofstream(file_) << "another file of its name"; }
    refuses();
    std::filesystem::rename(elsewhere, file_);
    EXPECT_EQ(store.write({row(spanJson(traceA, 2, 0, "a", 0, 1))}).accepted, 1U);
    const auto log = file_.string() + "-wal";
    std::filesystem::rename(log, elsewhere);
    refuses();
    std::filesystem::rename(elsewhere, log);
}

TEST_F(SqliteStoreTest, RemembersWhoSentASpan) {
    SqliteStore store(file_);
    store.write({row(spanJson(traceA, 1, 0, "a", 0, 1))}, {"f58996c7-79f4-5994-a888-ba3d79e56f15", {}});
    database::Database database(file_, database::Database::Mode::readOnly);
    auto select = database.prepare("SELECT user_id FROM client_telemetry_spans");
    ASSERT_TRUE(select.step());
    EXPECT_EQ(select.text(0), "f58996c7-79f4-5994-a888-ba3d79e56f15");
}

TEST_F(SqliteStoreTest, WritesABatchWholeOrNotAtAll) {
    SqliteStore store(file_);
    database::Database other(file_, database::Database::Mode::readWrite);
    other.execute(
        "CREATE TRIGGER refuse BEFORE INSERT ON client_telemetry_spans WHEN new.name = 'bad'"
        " BEGIN SELECT raise(ABORT, 'refused'); END");
    EXPECT_THROW(
        store.write({row(spanJson(traceA, 1, 0, "good", 0, 1)), row(spanJson(traceA, 2, 0, "bad", 0, 1))}),
        StoreUnavailable);
    EXPECT_EQ(other.integer("SELECT count(*) FROM client_telemetry_spans"), 0);
    EXPECT_EQ(store.write({row(spanJson(traceA, 1, 0, "good", 0, 1))}).accepted, 1U);
}

TEST_F(SqliteStoreTest, AReaderDoesNotHoldUpTheWriter) {
    SqliteStore store(file_);
    store.write({row(spanJson(traceA, 1, 0, "a", 0, 1))});
    database::Database reader(file_, database::Database::Mode::readOnly);
    reader.execute("BEGIN");
    EXPECT_EQ(reader.integer("SELECT count(*) FROM client_telemetry_spans"), 1);
    EXPECT_EQ(store.write({row(spanJson(traceA, 2, 1, "b", 0, 1))}).accepted, 1U);
    EXPECT_EQ(reader.integer("SELECT count(*) FROM client_telemetry_spans"), 1);
    reader.execute("COMMIT");
    EXPECT_EQ(reader.integer("SELECT count(*) FROM client_telemetry_spans"), 2);
}

TEST(RowIds, AreVersion7UuidsInTheOrderTheyWereMade) {
    RowIds ids;
    std::string last;
    ids.setTime(1'766'012'345'678);
    for (int i = 0; i < 1000; ++i) {
        auto id = ids.next();
        EXPECT_EQ(id[14], '7');
        EXPECT_THAT(std::string("89ab"), HasSubstr(id.substr(19, 1)));
        EXPECT_GT(id, last);
        last = id;
    }
    ids.setTime(1'766'012'345'679);
    EXPECT_GT(ids.next(), last);
}

}
}
