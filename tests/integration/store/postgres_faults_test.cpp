#include <atomic>
#include <csignal>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sidespan_postgres/postgres_connection.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "access/token_directory.h"
#include "integration/collector_fixture.h"
#include "integration/program.h"
#include "store/open_store.h"
#include "store/postgres/postgres_trace_reader.h"
#include "store_fixture.h"
#include "store_models.h"
#include "support/patience.h"
#include "unit/collector/spans.h"

namespace sidespan::collector {
namespace {

using namespace std::chrono_literals;
using test::eventually;
using testing::applyRetention;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A collector on a PostgreSQL server that a test may stop: one for all of them, which writes as it should.
class PostgresFaultsTest : public testing::CollectorTest {
protected:
    static test::PostgresCluster& server() {
        static test::PostgresCluster cluster;
        return cluster;
    }

    void SetUp() override {
        if (!test::PostgresCluster::isInstalled()) GTEST_SKIP() << "its programs are not installed";
        url_ = server().newDatabase();
        options_.database.clear();
        options_.store = url_;
        options_.limits.statementTimeout = 5s;
        options_.onError = [](std::string_view) {};
    }

    static std::string body(std::uint64_t first, std::uint64_t count) {
        boost::json::array spans;
        for (auto id = first; id < first + count; ++id) spans.push_back(spanJson(id, 0, "span", 0, 1));
        return boost::json::serialize(spans);
    }

    std::int64_t number(const std::string& sql) const { return std::stoll(server().query(url_, sql).at(0)); }
    std::int64_t stored() const { return number("SELECT count(*) FROM client_telemetry_spans"); }

    void expectStoredOnce(const std::set<std::uint64_t>& acknowledged) const {
        const auto ids = server().query(url_, "SELECT encode(span_id, 'hex') FROM client_telemetry_spans");
        std::set<std::uint64_t> found;
        for (const auto& id : ids) found.insert(std::stoull(id, nullptr, 16));
        EXPECT_EQ(found.size(), ids.size()) << "none twice";
        for (auto id : acknowledged) EXPECT_TRUE(found.contains(id)) << id << " was acknowledged";
        EXPECT_EQ(number("SELECT sum(span_count) FROM traces"), static_cast<std::int64_t>(ids.size()));
    }

    std::string url_;
};

/// Posts batches of three spans without end, each until it is taken: a client that loses nothing.
class Poster {
public:
    explicit Poster(std::uint16_t port, std::string (*body)(std::uint64_t, std::uint64_t))
        : port_(port), body_(body), thread_([this] { run(); }) {}
    ~Poster() { stop(); }
    Poster(const Poster&) = delete;
    Poster& operator=(const Poster&) = delete;

    void stop() {
        ending_ = true;
        if (thread_.joinable()) thread_.join();
    }
    bool takesAnother() {
        const auto before = taken_.load();
        return eventually([&] { return taken_ > before; });
    }
    bool isRefused() {
        const auto before = refused_.load();
        return eventually([&] { return refused_ > before; });
    }
    /// Once it is stopped.
    [[nodiscard]] const std::set<std::uint64_t>& acknowledged() const { return acknowledged_; }

private:
    void run() {
        std::optional<testing::Client> client;
        for (std::uint64_t id = 1; !ending_;) {
            try {
                if (!client) client.emplace(port_);
                const auto answer = client->postSpans(body_(id, 3));
                if (answer.status == 200) {
                    for (auto i = id; i < id + 3; ++i) acknowledged_.insert(i);
                    id += 3;
                    ++taken_;
                } else {
                    EXPECT_EQ(answer.status, 503) << answer.body;
                    EXPECT_EQ(answer["Retry-After"], "1");
                    ++refused_;
                }
            } catch (const std::exception&) {
                client.reset();  // the collector is gone
                std::this_thread::yield();
            }
        }
    }

    std::uint16_t port_;
    std::string (*body_)(std::uint64_t, std::uint64_t);
    std::set<std::uint64_t> acknowledged_;
    std::atomic<int> taken_{0};
    std::atomic<int> refused_{0};
    std::atomic<bool> ending_{false};
    std::thread thread_;
};

TEST_F(PostgresFaultsTest, LosesNothingWhenTheServerIsRestartedOrKilled) {
    start();
    Poster poster(collector_->port(), body);
    auto client = connect();
    for (const int signal : {SIGINT, SIGKILL}) {
        EXPECT_TRUE(poster.takesAnother());
        server().stop(signal);
        EXPECT_TRUE(poster.isRefused());
        EXPECT_EQ(client.get("/api/v1/traces").status, 503);
        EXPECT_TRUE(eventually([&] { return client.get("/healthz").status == 503; }));
        server().start();
        EXPECT_TRUE(poster.takesAnother()) << "it recovers by itself";
        EXPECT_TRUE(eventually([&] { return client.get("/healthz").status == 200; }));
        EXPECT_TRUE(eventually([&] { return client.get("/api/v1/traces").status == 200; }));
    }
    poster.stop();
    expectStoredOnce(poster.acknowledged());
}

// As they are while the retention of a collector with another clock drops their day.
TEST_F(PostgresFaultsTest, StoresSpansOnceThatAreThereWithoutTheirTrace) {
    start();
    auto client = connect();
    EXPECT_EQ(client.postSpans(body(1, 2)).status, 200);
    server().query(url_, "DELETE FROM traces");
    EXPECT_EQ(client.postSpans(body(1, 3)).status, 503);
    EXPECT_EQ(stored(), 2) << "nothing of the batch";
    EXPECT_THAT(client.postSpans(body(1, 3)).body, HasSubstr(R"("accepted":1,"duplicate":2,)"));
    EXPECT_EQ(client.postSpans(body(1, 3)).status, 200);
    EXPECT_EQ(stored(), 3);
}

TEST_F(PostgresFaultsTest, LosesNothingWhenTheCollectorIsKilled) {
    const auto run = [&] {
        return testing::Program(directory_, {COLLECTOR_PROGRAM, "--listen", "127.0.0.1:0", "--store", url_,
                                             "--port-file", (directory_ / "port").string()});
    };
    const auto port = [&] {
        std::uint16_t number = 0;
        std::ifstream(directory_ / "port") >> number;
        return number;
    };
    std::set<std::uint64_t> acknowledged;
    {
        auto program = run();
        EXPECT_THAT(program.readLine(), HasSubstr("stores spans in PostgreSQL, test"));
        Poster poster(port(), body);
        for (int i = 0; i < 5; ++i) EXPECT_TRUE(poster.takesAnother());
        program.signal(SIGKILL);
        program.wait();
        poster.stop();
        acknowledged = poster.acknowledged();
    }
    expectStoredOnce(acknowledged);
    auto program = run();
    program.readLine();
    testing::Client client(port());
    const auto last = *acknowledged.rbegin();
    EXPECT_EQ(client.postSpans(body(1, last + 3)).status, 200) << "all of it again, and the one under way";
    for (std::uint64_t id = 1; id <= last + 3; ++id) acknowledged.insert(id);
    expectStoredOnce(acknowledged);
}

TEST_F(PostgresFaultsTest, SearchesInStepsWhatTakesTooLongAtOnce) {
    constexpr std::uint64_t traces = 2'300;
    std::vector<SpanRow> rows;
    for (std::uint64_t i = 1; i <= traces; ++i) {
        auto& row = rows.emplace_back(testing::ordinary(i));
        row.startUnixNano -= static_cast<std::int64_t>(i / 7) * testing::ms;  // some begin in one moment
        if (i == 5 || i == traces) row.name = "wanted";
    }
    openStore({url_})->write(rows);
    database::PostgresConnection connection(url_, 60s);
    const auto list = [&](const TraceQuery& query) {
        return postgres::listTraces(connection, query, 60s, 0s);
    };
    TraceQuery query;
    query.name = "wanted";
    const auto found = list(query);
    EXPECT_TRUE(found.complete);
    EXPECT_FALSE(found.next);
    ASSERT_EQ(found.traces.size(), 2U);
    EXPECT_EQ(found.traces[1].traceId, rows.back().traceId);
    TraceQuery page;
    page.limit = 700;
    std::set<std::string> listed;
    do {
        const auto some = list(page);
        for (const auto& trace : some.traces) EXPECT_TRUE(listed.insert(trace.traceId).second) << "twice";
        page.before = some.next;
    } while (page.before && listed.size() < traces);
    EXPECT_EQ(listed.size(), traces);
}

TEST_F(PostgresFaultsTest, WaitsNoLongerForALockThanItMay) {
    options_.limits.statementTimeout = 200ms;
    start();
    auto client = connect();
    // On a slow machine a statement may take too long without any lock.
    const auto isTaken = [&](std::uint64_t first, std::uint64_t count) {
        return eventually([&] { return client.postSpans(body(first, count)).status == 200; });
    };
    ASSERT_TRUE(isTaken(1, 1));
    {
        database::PostgresConnection other(url_, 10s);
        database::PostgresTransaction transaction(other);
        other.execute("LOCK TABLE traces");
        const auto refused = client.postSpans(body(2, 2));
        EXPECT_EQ(refused.status, 503);
        EXPECT_EQ(refused["Retry-After"], "1");
        EXPECT_EQ(client.get(fmt::format("/api/v1/traces/{}", testing::traceA)).status, 503);
    }
    EXPECT_EQ(stored(), 1);
    EXPECT_TRUE(isTaken(2, 2));
    EXPECT_TRUE(eventually(
        [&] { return client.get(fmt::format("/api/v1/traces/{}", testing::traceA)).status == 200; }));
    expectStoredOnce({1, 2, 3});
}

// What was handed on with others is not handed on again where only their common end failed.
TEST_F(PostgresFaultsTest, PassesOnOnceWhatIsStoredAloneAfterAll) {
    options_.limits.statementTimeout = 20s;
    options_.forward.url = "http://127.0.0.1:1";
    options_.forward.folder = directory_ / "forward";
    start();
    server().query(url_,
                   "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
                   "$$BEGIN IF NEW.name = 'bad' THEN RAISE 'bad'; END IF; RETURN NULL; END$$");
    server().query(url_,
                   "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON traces DEFERRABLE INITIALLY DEFERRED "
                   "FOR EACH ROW EXECUTE FUNCTION refuse()");
    const auto metric = [&](std::string_view name) {
        const auto text = connect().get("/metrics").body;
        return std::stoull(text.substr(text.find(fmt::format("\n{} ", name)) + name.size() + 2));
    };
    std::vector<int> answers(8);
    std::vector<std::thread> clients;
    {
        database::PostgresConnection other(url_, 20s);
        database::PostgresTransaction transaction(other);
        other.execute("LOCK TABLE traces");
        for (std::size_t i = 0; i < answers.size(); ++i) {
            clients.emplace_back([&, i] {
                const auto trace = fmt::format("{:08x}-5e6f-4a0b-8c1d-2e3f4a5b6c7d", i);
                const auto span = spanJson(1, 0, i == 5 ? "bad" : "good", 0, 1, trace);
                answers[i] = connect().postSpans(boost::json::serialize(boost::json::array{span})).status;
            });
            EXPECT_TRUE(eventually([&] { return metric("sidespan_collector_waiting_posts") == i + 1; }));
        }
    }
    for (auto& client : clients) client.join();
    EXPECT_THAT(answers, ElementsAre(200, 200, 200, 200, 200, 503, 200, 200));
    EXPECT_EQ(stored(), 7);
    EXPECT_EQ(metric(R"(sidespan_collector_forward_spans_total{state="taken"})"), 8U);
}

TEST_F(PostgresFaultsTest, WaitsNoLongerForASilentServerThanItMay) {
    options_.limits.statementTimeout = 200ms;
    start();
    auto client = connect();
    ASSERT_EQ(client.postSpans(body(1, 1)).status, 200);
    server().signalAll(SIGSTOP);
    EXPECT_EQ(client.postSpans(body(2, 1)).status, 503);
    EXPECT_EQ(client.get("/healthz").status, 503);
    server().signalAll(SIGCONT);
    EXPECT_TRUE(eventually([&] { return client.postSpans(body(2, 1)).status == 200; }));
    expectStoredOnce({1, 2});
}

TEST_F(PostgresFaultsTest, StartsBeforeItsDatabase) {
    std::atomic<int> reports{0};
    options_.onError = [&](std::string_view) { ++reports; };
    server().stop(SIGINT);
    start();
    EXPECT_GT(reports, 0);
    auto client = connect();
    EXPECT_EQ(client.postSpans(body(1, 1)).status, 503);
    server().start();
    EXPECT_TRUE(eventually([&] { return client.postSpans(body(1, 1)).status == 200; }));
    expectStoredOnce({1});
}

TEST_F(PostgresFaultsTest, IsNotOpenToOtherMachinesBeforeItsDatabaseHasATokenEither) {
    options_.address = "0.0.0.0";
    server().stop(SIGINT);
    start();
    auto client = connect();
    EXPECT_EQ(client.get("/api/v1/traces").status, 503);
    server().start();
    EXPECT_TRUE(eventually([&] { return client.get("/api/v1/traces").status != 503; }));
    EXPECT_EQ(client.get("/api/v1/traces").status, 401);
    EXPECT_EQ(client.request("DELETE", "/api/v1/users/anna").status, 401);
}

TEST_F(PostgresFaultsTest, MakesItsTablesAgainInADatabaseThatWasMadeAgain) {
    start();
    auto client = connect();
    EXPECT_EQ(client.postSpans(body(1, 1)).status, 200);
    const auto other = server().newDatabase();
    const auto name = server().query(url_, "SELECT current_database()").at(0);
    server().query(other, fmt::format("DROP DATABASE {} WITH (FORCE)", name));
    EXPECT_EQ(client.postSpans(body(2, 1)).status, 503);
    server().query(other, fmt::format("CREATE DATABASE {}", name));
    EXPECT_TRUE(eventually([&] { return client.postSpans(body(2, 1)).status == 200; }));
    expectStoredOnce({2});
}

TEST_F(PostgresFaultsTest, SaysWhatIsWrongWithItsAddress) {
    const auto failure = [&](std::string store) -> std::string {
        options_.store = std::move(store);
        try {
            start();
        } catch (const std::exception& error) {
            return error.what();
        }
        return "it started";
    };
    EXPECT_THAT(
        failure("mysql://secret@host/db"),
        ::testing::AllOf(HasSubstr("postgresql://USER@HOST/DATABASE"), ::testing::Not(HasSubstr("secret"))));
    EXPECT_THAT(failure("postgresql://ann:100%secret@host/db"),
                ::testing::AllOf(HasSubstr("URI is not valid: invalid percent-encoded token (hidden"),
                                 ::testing::Not(HasSubstr("secret"))));
    server().query(url_, "CREATE TABLE traces (name text)");
    EXPECT_THAT(failure(url_), HasSubstr("a table traces of another program"));
    server().query(url_, "DROP TABLE traces");
    EXPECT_EQ(failure(url_), "it started");
    server().query(url_, "INSERT INTO sidespan_schema (version) VALUES (99)");
    EXPECT_THAT(failure(url_), HasSubstr("has version 99"));
}

/// A disk of a few MiB, while this is there.
class SmallDisk {
public:
    explicit SmallDisk(std::filesystem::path folder) : folder_(std::move(folder)) {
        std::filesystem::create_directory(folder_);
        isThere_ = mount(0, 24);
    }
    ~SmallDisk() {
        if (isThere_) ::umount2(folder_.c_str(), MNT_DETACH);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    [[nodiscard]] bool isThere() const { return isThere_; }
    bool grow() { return mount(MS_REMOUNT, 96); }

private:
    /// It is the server's, as the folder it is in.
    bool mount(unsigned long flags, int mebibytes) {
        struct stat owner {};
        ::stat(folder_.parent_path().c_str(), &owner);
        const auto data =
            fmt::format("size={}m,mode=0700,uid={},gid={}", mebibytes, owner.st_uid, owner.st_gid);
        return ::mount("tmpfs", folder_.c_str(), "tmpfs", flags, data.c_str()) == 0;
    }

    std::filesystem::path folder_;
    bool isThere_ = false;
};

TEST_F(PostgresFaultsTest, AFullDiskCostsNothingThatWasAcknowledged) {
    test::PostgresCluster own;  // a disk that is gone later is nothing that the others should have
    SmallDisk disk(own.folder() / "full");
    if (!disk.isThere()) GTEST_SKIP() << "a small disk cannot be mounted here";
    const auto postgres = own.url("postgres");
    own.query(postgres,
              fmt::format("CREATE TABLESPACE small LOCATION '{}'", (own.folder() / "full").string()));
    own.query(postgres, "CREATE DATABASE small TABLESPACE small");
    url_ = options_.store = own.url("small");
    start();
    auto client = connect();
    std::set<std::uint64_t> acknowledged;
    auto answer = client.get("/healthz");
    for (std::uint64_t id = 1; answer.status == 200 && id < 400'000; id += 1'000) {
        answer = client.postSpans(body(id, 1'000));
        if (answer.status != 200) continue;
        for (auto i = id; i < id + 1'000; ++i) acknowledged.insert(i);
    }
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer["Retry-After"], "1");
    EXPECT_EQ(client.get("/healthz").status, 503);
    ASSERT_TRUE(disk.grow());
    EXPECT_TRUE(eventually([&] { return client.postSpans(body(1'000'000, 1)).status == 200; }));
    EXPECT_TRUE(eventually([&] { return client.get("/healthz").status == 200; }));
    acknowledged.insert(1'000'000);
    expectStoredOnce(acknowledged);
    collector_.reset();
}

TEST_F(PostgresFaultsTest, TwoCollectorsStoreWhatBothAreSentOnceAcrossMidnight) {
    std::vector<std::vector<SpanRow>> batches(30);
    for (std::uint64_t batch = 0; batch < batches.size(); ++batch) {
        for (std::uint64_t i = 0; i < 40; ++i) {
            // Traces that other batches have, too, in another order.
            auto trace = std::string(testing::traceA);
            trace.replace(0, 8, fmt::format("{:08x}", (batch * 7 + i * 11) % 60));
            batches[batch].push_back(
                testing::row(testing::spanJson(trace, batch * 1'000 + i + 1, 0, "span", 0, 1)));
        }
    }
    const auto midnight = std::chrono::sys_days{std::chrono::year{2026} / std::chrono::March / 1};
    std::atomic<std::size_t> accepted{0};
    const auto open = [&](std::chrono::seconds fromMidnight) {
        StoreOptions options;
        options.address = url_;
        options.clock = [=] { return std::chrono::system_clock::time_point(midnight + fromMidnight); };
        return openStore(options);
    };
    accepted += open(-1s)->write(batches.front()).accepted;
    accepted += open(1s)->write(batches.back()).accepted;
    const auto write = [&](std::chrono::seconds fromMidnight, bool isBackwards) {
        const auto store = open(fromMidnight);
        for (std::size_t i = 0; i < batches.size(); ++i)
            accepted += store->write(batches[isBackwards ? batches.size() - 1 - i : i]).accepted;
    };
    std::thread before([&] { write(-1s, false); });
    std::thread after([&] { write(1s, true); });
    before.join();
    after.join();
    EXPECT_EQ(accepted, 30U * 40U);
    EXPECT_EQ(stored(), 30 * 40);
    EXPECT_EQ(number("SELECT sum(span_count) FROM traces"), 30 * 40);
    EXPECT_EQ(number("SELECT count(DISTINCT day) FROM traces"), 2);
}

TEST_F(PostgresFaultsTest, DroppingADayDoesNotStopIngest) {
    StoreOptions options;
    options.address = url_;
    auto now = std::chrono::system_clock::now() - std::chrono::days(40);
    options.clock = [&] { return now; };
    const auto store = openStore(options);
    for (int day = 0; day < 3; ++day, now += std::chrono::days(1)) {
        auto trace = std::string(testing::traceA);
        trace.replace(0, 8, fmt::format("{:08x}", day + 1));
        store->write({testing::row(testing::spanJson(trace, 1, 0, "old", 0, 1))});
    }
    start();
    Poster poster(collector_->port(), body);
    EXPECT_TRUE(poster.takesAnother());
    now = std::chrono::system_clock::now();
    EXPECT_EQ(applyRetention(*store, {.days = 30}).spans, 3);
    EXPECT_TRUE(poster.takesAnother());
    poster.stop();
    expectStoredOnce(poster.acknowledged());
    EXPECT_EQ(number("SELECT count(*) FROM pg_inherits WHERE inhparent = 'client_telemetry_spans'::regclass"),
              2);
}

// A collector that was killed had noted which day it was dropping; a table without a note is somebody's
// archive.
TEST_F(PostgresFaultsTest, FinishesWhatADroppedDayLeftBehindAndNothingElse) {
    StoreOptions options;
    options.address = url_;
    const auto store = openStore(options);
    store->write({testing::row(testing::spanJson(testing::traceA, 1, 0, "new", 0, 1))});
    for (const char* day : {"20200101", "20200102"}) {
        server().query(
            url_,
            fmt::format("CREATE TABLE spans_{} (LIKE client_telemetry_spans INCLUDING GENERATED)", day));
    }
    server().query(url_, "INSERT INTO dropped_days VALUES ('2020-01-01'), ('2020-01-03')");
    EXPECT_EQ(applyRetention(*store, {.days = 30}).spans, 0);
    EXPECT_EQ(number("SELECT count(*) FROM pg_class WHERE relname = 'spans_20200101'"), 0);
    EXPECT_EQ(number("SELECT count(*) FROM pg_class WHERE relname = 'spans_20200102'"), 1);
    EXPECT_EQ(number("SELECT count(*) FROM dropped_days"), 0);
    EXPECT_EQ(stored(), 1);
}

TEST_F(PostgresFaultsTest, StoresSpansOfADayThatAnAdministratorDropped) {
    StoreOptions options;
    options.address = url_;
    auto now = std::chrono::system_clock::time_point(std::chrono::sys_days{std::chrono::year{2026} / 3 / 1});
    options.clock = [&] { return now; };
    const auto store = openStore(options);
    const auto span = [](const char* trace, std::uint64_t id) {
        return std::vector<SpanRow>{testing::row(testing::spanJson(trace, id, 0, "span", 0, 1))};
    };
    const auto writeAgain = [&](const std::vector<SpanRow>& rows) {
        EXPECT_THROW(store->write(rows), StoreUnavailable) << "the client sends it again";
        EXPECT_EQ(store->write(rows).accepted, 1U);
    };
    constexpr const char* first = "00000001-0000-4000-8000-000000000000";
    constexpr const char* second = "00000002-0000-4000-8000-000000000000";
    store->write(span(first, 1));
    server().query(url_, "DROP TABLE spans_20260301");
    writeAgain(span(second, 1));
    now += std::chrono::days(1);
    server().query(url_, "DROP TABLE spans_20260301");
    writeAgain(span(first, 2));
    server().query(url_, "ALTER TABLE client_telemetry_spans DETACH PARTITION spans_20260302");
    const auto third = span("00000003-0000-4000-8000-000000000000", 1);
    EXPECT_THAT([&] { store->write(third); },
                ::testing::ThrowsMessage<std::runtime_error>(HasSubstr("rename it or attach it")));
}

TEST_F(PostgresFaultsTest, MakesTheTableOfTokensWhileAnotherCollectorTakesAway) {
    StoreOptions options;
    options.address = url_;
    options.statementTimeout = 200ms;
    database::PostgresConnection other(url_, 10s);
    other.execute("SELECT pg_advisory_lock(1396986704, 2)");
    EXPECT_THAT(openTokenTable(options)->load(), IsEmpty());
}

TEST_F(PostgresFaultsTest, OneCollectorAtATimeTakesAway) {
    StoreOptions options;
    options.address = url_;
    auto now = std::chrono::system_clock::now() - std::chrono::days(40);
    options.clock = [&] { return now; };
    const auto store = openStore(options);
    store->write({testing::row(testing::spanJson(testing::traceA, 1, 0, "old", 0, 1))});
    now = std::chrono::system_clock::now();
    {
        database::PostgresConnection other(url_, 10s);
        other.execute("SELECT pg_advisory_lock(1396986704, 2)");
        EXPECT_EQ(applyRetention(*store, {.days = 30}).spans, 0);
    }
    EXPECT_TRUE(eventually([&] { return applyRetention(*store, {.days = 30}).spans == 1; }));
}

}
}
