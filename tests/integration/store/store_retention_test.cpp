#include "store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store_fixture.h"

namespace sidespan::collector {
namespace {

using namespace std::chrono_literals;
using testing::applyRetention;
using testing::beforeMidnight;
using ::testing::ElementsAre;
using testing::failed;
using ::testing::IsEmpty;
using testing::load;
using testing::names;
using testing::ordinary;
using ::testing::SizeIs;

template <class Model>
class StoreRetentionTest : public testing::StoreFixture<Model> {};
TYPED_TEST_SUITE(StoreRetentionTest, testing::Models);

TYPED_TEST(StoreRetentionTest, TakesAwayWhatIsOlderThanItMayBe) {
    auto& store = this->open();
    for (std::uint64_t day = 1; day <= 4; ++day) {
        this->now_ = beforeMidnight + std::chrono::days(day);
        store.write({ordinary(2 * day), ordinary(2 * day + 1)});
    }
    const auto removed = applyRetention(store, {.days = 1});
    EXPECT_EQ(removed.spans, 4);
    EXPECT_EQ(removed.traces, 4);
    EXPECT_THAT(store.list({}, 10s).traces, SizeIs(4));
    EXPECT_THAT(load(store, ordinary(2).traceId, 10).spans, IsEmpty());
    EXPECT_THAT(load(store, ordinary(8).traceId, 10).spans, SizeIs(1));
    EXPECT_THAT(this->model_->query("SELECT count(*) FROM client_telemetry_spans"), ElementsAre("4"));
    EXPECT_EQ(applyRetention(store, {.days = 1}).spans, 0);
    EXPECT_EQ(store.write({ordinary(2)}).accepted, 1U) << "what is forgotten is new";
    EXPECT_EQ(store.write({ordinary(8)}).duplicate, 1U);
}

TYPED_TEST(StoreRetentionTest, EndsBetweenTwoStepsAndGoesOnTheNextTime) {
    constexpr std::uint64_t tracesOfADay = 150;
    auto& store = this->open();
    for (std::uint64_t day = 1; day <= 2; ++day) {
        this->now_ = beforeMidnight + std::chrono::days(day);
        std::vector<SpanRow> rows;
        for (std::uint64_t i = 0; i < tracesOfADay; ++i) rows.push_back(ordinary(1 + day * tracesOfADay + i));
        store.write(rows);
    }
    this->now_ += std::chrono::days(5);
    EXPECT_EQ(store.applyRetention({.days = 1}, [] { return false; }).traces, 0);
    std::uint64_t removed = 0;
    int rounds = 0;
    for (; removed < 2 * tracesOfADay && rounds < 20; ++rounds) {
        int steps = 2;
        removed += static_cast<std::uint64_t>(
            store.applyRetention({.days = 1}, [&] { return --steps >= 0; }).traces);
    }
    EXPECT_EQ(removed, 2 * tracesOfADay);
    EXPECT_GT(rounds, 1);
    EXPECT_THAT(store.list({}, 10s).traces, IsEmpty());
}

TYPED_TEST(StoreRetentionTest, KeepsFailedAndSlowTracesLonger) {
    auto& store = this->open();
    this->now_ = beforeMidnight;
    store.write({ordinary(1), failed(2), ordinary(3, 5'000), ordinary(4)});
    const Retention retention{.days = 2, .keptDays = 30, .maxBytes = {}, .slowNanos = 5'000'000'000};
    this->now_ += std::chrono::days(3);
    EXPECT_EQ(applyRetention(store, retention).traces, 2);
    EXPECT_EQ(applyRetention(store, retention).traces, 0);
    EXPECT_THAT(store.list({}, 10s).traces, SizeIs(2));
    TraceQuery errors;
    errors.status = SpanStatus::error;
    errors.name = "span";
    EXPECT_THAT(names(errors, store), ElementsAre("span"));
    EXPECT_THAT(load(store, failed(2).traceId, 10).spans, SizeIs(1));
    EXPECT_EQ(store.write({failed(2), ordinary(3, 5'000)}).duplicate, 2U);
    auto late = failed(2);
    late.spanId = testing::spanId(2);
    EXPECT_EQ(store.write({late}).accepted, 1U);
    EXPECT_THAT(load(store, failed(2).traceId, 10).spans, SizeIs(2));
    this->now_ += std::chrono::days(30);
    EXPECT_EQ(applyRetention(store, retention).spans, 3);
    EXPECT_THAT(store.list({}, 10s).traces, IsEmpty());
    EXPECT_THAT(this->model_->query("SELECT count(*) FROM client_telemetry_spans"), ElementsAre("0"));
}

TYPED_TEST(StoreRetentionTest, TakesAwayTheOldestWhenItIsTooLarge) {
    auto& store = this->open();
    const auto large = [](std::uint64_t first) {
        std::vector<SpanRow> rows;
        for (auto i = first; i < first + 1'000; ++i) rows.push_back(ordinary(i));
        for (auto& row : rows) row.statusMessage = std::string(1'000, 'x');
        return rows;
    };
    for (std::uint64_t day = 0; day < 4; ++day) {
        this->now_ = beforeMidnight + std::chrono::days(day);
        store.write(large(1 + 1'000 * day));
    }
    const auto sizeBefore = this->model_->bytes();
    const auto removed = applyRetention(store, {.days = {}, .keptDays = {}, .maxBytes = sizeBefore / 2});
    EXPECT_GE(removed.spans, 1'000);
    EXPECT_FALSE(removed.isStillTooLarge);
    EXPECT_LE(this->model_->bytes(), sizeBefore / 2) << "its space is given back";
    EXPECT_THAT(load(store, ordinary(1).traceId, 10).spans, IsEmpty());
    EXPECT_THAT(load(store, ordinary(3'001).traceId, 10).spans, SizeIs(1));
}

TYPED_TEST(StoreRetentionTest, ErasesAUserAndAnInstallation) {
    auto& store = this->open();
    const auto from = [](const char* instance, const char* installation, const char* user) {
        return Store::Submitter{user, {instance, installation, {}, {}}};
    };
    store.write({ordinary(1), ordinary(2)}, from("run-1", "studio", "anna"));
    store.write({ordinary(3)}, from("run-2", "studio", ""));
    store.write({ordinary(4)}, from("run-3", "laptop", "ben"));
    auto ofServer = ordinary(1);
    ofServer.spanId = testing::spanId(9);
    store.write({ofServer});
    const auto anna = store.eraseUser("anna");
    EXPECT_EQ(anna.traces, 2);
    EXPECT_EQ(anna.spans, 3) << "with what the server recorded of them";
    EXPECT_THAT(store.list({}, 10s).traces, SizeIs(2));
    EXPECT_THAT(store.clients(10), SizeIs(2));
    EXPECT_EQ(store.eraseInstallation("studio").spans, 1);
    EXPECT_EQ(store.eraseInstallation("studio").spans, 0);
    ASSERT_THAT(store.clients(10), SizeIs(1));
    EXPECT_EQ(store.clients(10)[0].userId, "ben");
    EXPECT_THAT(load(store, ordinary(4).traceId, 10).spans, SizeIs(1));
}

TYPED_TEST(StoreRetentionTest, ErasesAnInstallationAfterAUserWhoUsedItToo) {
    auto& store = this->open();
    const auto from = [](const char* user) { return Store::Submitter{user, {"run-1", "studio", {}, {}}}; };
    store.write({ordinary(1)}, from(""));  // before she signed in
    store.write({ordinary(2)}, from("anna"));
    EXPECT_EQ(store.eraseUser("anna").spans, 1);
    EXPECT_THAT(store.clients(10, "anna"), IsEmpty());
    store.write({ordinary(3)}, {"", {"run-2", "laptop", {}, {}}});
    EXPECT_EQ(store.eraseInstallation("laptop").spans, 1) << "no batch has the number of another";
    EXPECT_EQ(store.eraseInstallation("studio").spans, 1);
    EXPECT_THAT(store.clients(10), IsEmpty());
    EXPECT_THAT(this->model_->query("SELECT count(*) FROM batches"), ElementsAre("0"));
}

TYPED_TEST(StoreRetentionTest, ErasesNobodyElseForATextWithANul) {
    auto& store = this->open();
    store.write({ordinary(1)}, {"anna", {"run-1", "studio", {}, {}}});
    EXPECT_EQ(store.eraseUser(std::string("anna\0x", 6)).spans, 0);
    EXPECT_EQ(store.eraseInstallation(std::string("studio\0x", 8)).spans, 0);
    EXPECT_THAT(store.clients(10, std::string("anna\0x", 6)), IsEmpty());
    EXPECT_THAT(load(store, ordinary(1).traceId, 10).spans, SizeIs(1));
}

TYPED_TEST(StoreRetentionTest, ForgetsAnInstallationWhoseTracesWereKept) {
    auto& store = this->open();
    this->now_ = beforeMidnight;
    store.write({ordinary(1), failed(2)}, {"", {"run-1", "studio", {}, {}}});
    const Retention retention{.days = 1, .keptDays = 30};
    for (int day = 0; day < 3; ++day) {
        this->now_ += std::chrono::days(2);
        store.write({ordinary(10 + static_cast<std::uint64_t>(day))}, {"", {"run-2", "laptop", {}, {}}});
        applyRetention(store, retention);
    }
    ASSERT_THAT(load(store, failed(2).traceId, 10).spans, SizeIs(1));
    EXPECT_EQ(store.eraseInstallation("studio").spans, 1);
    EXPECT_THAT(load(store, failed(2).traceId, 10).spans, IsEmpty());
}

SpanRow ofResource(SpanRow span, const std::string& host) {
    span.resource = std::make_shared<const std::string>(fmt::format(R"({{"host.name":"{}"}})", host));
    return span;
}

TYPED_TEST(StoreRetentionTest, TakesAwayWhatNoTraceNeedsAnyMore) {
    auto& store = this->open();
    this->now_ = beforeMidnight;
    store.write({ofResource(ordinary(1), "old")}, {"", {"run-1", "studio", {}, {}}});
    store.write({ofResource(ordinary(2), "both")}, {"", {"run-2", "studio", {}, {}}});
    this->now_ += std::chrono::days(3);
    store.write({ofResource(ordinary(3), "both")}, {"", {"run-2", "studio", {}, {}}});
    EXPECT_EQ(applyRetention(store, {.days = 1}).traces, 2);
    EXPECT_THAT(this->model_->query("SELECT count(*) FROM resources"), ElementsAre("1"));
    ASSERT_THAT(store.clients(10), SizeIs(1));
    EXPECT_EQ(store.clients(10)[0].instance, "run-2");
    EXPECT_THAT(this->model_->query("SELECT count(*) FROM rollups"), ElementsAre("2"));
    EXPECT_EQ(store.write({ofResource(ordinary(3), "both"), ordinary(4)}).accepted, 1U);
    this->now_ += std::chrono::days(500);
    applyRetention(store, {.days = 1});
    EXPECT_THAT(this->model_->query("SELECT count(*) FROM rollups"), ElementsAre("0"));
    EXPECT_THAT(this->model_->query("SELECT count(*) FROM resources"), ElementsAre("0"));
}

// A collector that has stored spans of a resource knows its id.
TYPED_TEST(StoreRetentionTest, ErasesTheResourcesThatOnlyThatUserHad) {
    auto& store = this->open();
    auto& other = this->open();
    store.write({ofResource(ordinary(1), "of-anna")}, {"anna", {}});
    store.write({ofResource(ordinary(2), "both")}, {"anna", {}});
    store.write({ofResource(ordinary(3), "both")}, {"ben", {}});
    EXPECT_EQ(other.eraseUser("anna").traces, 2);
    EXPECT_THAT(this->model_->query("SELECT count(*) FROM resources"), ElementsAre("1"));
    const std::vector<SpanRow> again{ofResource(ordinary(4), "of-anna")};
    try {
        store.write(again);
    } catch (const StoreUnavailable&) {
        EXPECT_EQ(store.write(again).accepted, 1U) << "the client sends it again";
    }
    const auto trace = load(store, ordinary(4).traceId, 10);
    ASSERT_THAT(trace.spans, SizeIs(1));
    ASSERT_NE(trace.spans[0].resource, nullptr);
    EXPECT_EQ(trace.spans[0].resource->at("host.name"), "of-anna");
}

TYPED_TEST(StoreRetentionTest, DeletesNoTraceInVain) {
    auto& store = this->open();
    this->now_ = beforeMidnight;
    for (std::uint64_t i = 1; i <= 200; ++i)
        store.write({ordinary(i)}, {"", {fmt::format("run-{}", i), "studio", {}, {}}});
    this->now_ += std::chrono::days(1);
    const auto removed = applyRetention(store, {.days = {}, .keptDays = {}, .maxBytes = 8'000});
    EXPECT_TRUE(removed.isStillTooLarge);
    EXPECT_EQ(removed.traces, 0);
    EXPECT_THAT(load(store, ordinary(1).traceId, 10).spans, SizeIs(1));
}

TEST(SqliteRetention, TakesAwayResourcesWithTheirTracesUntilItIsSmallEnough) {
    const testing::SqliteModel model;
    const auto store = openStore({model.address()});
    std::vector<SpanRow> rows;
    for (std::uint64_t i = 1; i <= 1'000; ++i)
        rows.push_back(ofResource(ordinary(i), fmt::format("{:04}", i) + std::string(2'000, 'h')));
    store->write(rows);
    const auto removed = applyRetention(*store, {.days = {}, .keptDays = {}, .maxBytes = model.bytes() / 2});
    EXPECT_FALSE(removed.isStillTooLarge);
    EXPECT_GT(removed.traces, 0);
    EXPECT_LE(removed.traces, 700);
}

// West of Greenwich its midnight is later than that of UTC.
TEST(PostgresRetention, HasDaysOfUtcWhateverTheServersTimeZone) {
    if (!testing::PostgresModel::isThere()) GTEST_SKIP() << "its programs are not installed";
    testing::PostgresModel model;
    model.query(fmt::format("ALTER DATABASE {} SET timezone = 'Etc/GMT+12'",
                            model.query("SELECT quote_ident(current_database())").at(0)));
    StoreOptions options;
    options.address = model.address();
    auto now = beforeMidnight - 23h;
    options.clock = [&] { return now; };
    const auto store = openStore(options);
    store->write({failed(1)});
    now += std::chrono::days(3);
    const Retention retention{.days = 1, .keptDays = 3};
    EXPECT_EQ(applyRetention(*store, retention).traces, 0);
    EXPECT_THAT(load(*store, failed(1).traceId, 10).spans, SizeIs(1));
    now += std::chrono::days(1);
    EXPECT_EQ(applyRetention(*store, retention).traces, 1);
}

}
}
