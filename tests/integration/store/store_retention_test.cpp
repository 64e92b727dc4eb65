#include "store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store_fixture.h"

namespace sidespan::collector {
namespace {

using namespace std::chrono_literals;
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
    const auto removed = store.applyRetention({.days = 1});
    EXPECT_EQ(removed.spans, 4);
    EXPECT_EQ(removed.traces, 4);
    EXPECT_THAT(store.list({}, 10s).traces, SizeIs(4));
    EXPECT_THAT(load(store, ordinary(2).traceId, 10).spans, IsEmpty());
    EXPECT_THAT(load(store, ordinary(8).traceId, 10).spans, SizeIs(1));
    EXPECT_THAT(this->model_->query("SELECT count(*) FROM client_telemetry_spans"), ElementsAre("4"));
    EXPECT_EQ(store.applyRetention({.days = 1}).spans, 0);
    EXPECT_EQ(store.write({ordinary(2)}).accepted, 1U) << "what is forgotten is new";
    EXPECT_EQ(store.write({ordinary(8)}).duplicate, 1U);
}

TYPED_TEST(StoreRetentionTest, KeepsFailedAndSlowTracesLonger) {
    auto& store = this->open();
    this->now_ = beforeMidnight;
    store.write({ordinary(1), failed(2), ordinary(3, 5'000), ordinary(4)});
    const Retention retention{.days = 2, .keptDays = 30, .maxBytes = {}, .slowNanos = 5'000'000'000};
    this->now_ += std::chrono::days(3);
    EXPECT_EQ(store.applyRetention(retention).traces, 2);
    EXPECT_EQ(store.applyRetention(retention).traces, 0);
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
    EXPECT_EQ(store.applyRetention(retention).spans, 3);
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
    const auto removed = store.applyRetention({.days = {}, .keptDays = {}, .maxBytes = sizeBefore / 2});
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
        store.applyRetention(retention);
    }
    ASSERT_THAT(load(store, failed(2).traceId, 10).spans, SizeIs(1));
    EXPECT_EQ(store.eraseInstallation("studio").spans, 1);
    EXPECT_THAT(load(store, failed(2).traceId, 10).spans, IsEmpty());
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
    EXPECT_EQ(store->applyRetention(retention).traces, 0);
    EXPECT_THAT(load(*store, failed(1).traceId, 10).spans, SizeIs(1));
    now += std::chrono::days(1);
    EXPECT_EQ(store->applyRetention(retention).traces, 1);
}

}
}
