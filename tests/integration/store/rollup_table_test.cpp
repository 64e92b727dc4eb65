#include <chrono>
#include <limits>
#include <map>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store_models.h"
#include "unit/collector/spans.h"

namespace sidespan::collector {
namespace {

using ::testing::ElementsAre;
using testing::epoch;
using testing::ms;
using testing::spanJson;
using testing::traceA;

constexpr std::int64_t hourNano = 3'600'000 * ms;
constexpr std::int64_t firstHour = epoch / hourNano;

SpanRow spanAt(std::uint64_t id, const char* name, const char* version, double startMs, double endMs) {
    auto span = testing::row(spanJson(traceA, id, 0, name, startMs, endMs));
    span.serviceName = "LoopShare";
    span.clientVersion = version;
    span.resource = std::make_shared<const std::string>(R"({"os.type":"linux","daw.name":"Ardour"})");
    return span;
}

template <class Model>
class RollupTableTest : public ::testing::Test {
protected:
    void SetUp() override {
        if (!Model::isThere()) GTEST_SKIP() << "its programs are not installed";
        model_ = std::make_unique<Model>();
    }
    std::unique_ptr<Store> open() {
        StoreOptions options;
        options.address = model_->address();
        options.clock = [] { return testing::timeAt(epoch + 5 * hourNano); };
        return openStore(options);
    }
    static std::vector<RollupRow> all(Store& store, std::vector<RollupDimension> by, std::int64_t step = 0) {
        RollupQuery query;
        query.fromHour = firstHour;
        query.untilHour = firstHour + 24;
        query.stepHours = step;
        query.by = std::move(by);
        return store.rollups(query);
    }

    std::unique_ptr<Model> model_;
};
TYPED_TEST_SUITE(RollupTableTest, testing::Models);

TYPED_TEST(RollupTableTest, CountsASpanOnceHoweverOftenItComes) {
    auto store = this->open();
    const std::vector<SpanRow> rows{spanAt(1, "encode", "1.0", 0, 3), spanAt(2, "encode", "1.0", 0, 40)};
    store->write(rows);
    store->write(rows);
    this->open()->write({rows[0], spanAt(3, "encode", "1.0", 0, 3)});
    const auto sums = this->all(*store, {RollupDimension::operation, RollupDimension::host});
    ASSERT_EQ(sums.size(), 1U);
    EXPECT_EQ(sums[0].key.series.operation, "encode");
    EXPECT_EQ(sums[0].key.series.host, "Ardour");
    EXPECT_EQ(sums[0].key.series.service, "") << "not asked for";
    EXPECT_EQ(sums[0].value.count, 3);
    DurationHistogram durations;
    for (const auto duration : {3 * ms, 40 * ms, 3 * ms}) durations.add(duration);
    EXPECT_EQ(sums[0].value.durations, durations);
}

TYPED_TEST(RollupTableTest, AddsUpOverTimeAndOverWhatIsNotAskedFor) {
    auto store = this->open();
    constexpr double hour = 3'600'000;
    auto failed = spanAt(5, "upload", "2.0", 2 * hour, 2 * hour + 1);
    failed.status = "error";
    store->write({spanAt(1, "encode", "1.0", 0, 1), spanAt(2, "encode", "2.0", 0, 1),
                  spanAt(3, "encode", "2.0", hour, hour + 1),
                  spanAt(4, "encode", "2.0", 3 * hour, 3 * hour + 1), failed});
    const auto rowsOf = [](const std::vector<RollupRow>& rows) {
        std::vector<std::string> list;
        for (const auto& [key, value] : rows) {
            list.push_back(fmt::format("+{} {}/{} {} of which {}", key.hour - firstHour, key.series.operation,
                                       key.series.version, value.count, value.errors));
        }
        return list;
    };
    EXPECT_THAT(rowsOf(this->all(*store, {})), ElementsAre("+0 / 5 of which 1"));
    EXPECT_THAT(rowsOf(this->all(*store, {}, 2)), ElementsAre("+0 / 3 of which 0", "+2 / 2 of which 1"));
    EXPECT_THAT(rowsOf(this->all(*store, {RollupDimension::operation, RollupDimension::version})),
                ElementsAre("+0 encode/1.0 1 of which 0", "+0 encode/2.0 3 of which 0",
                            "+0 upload/2.0 1 of which 1"));
    RollupQuery query;
    query.fromHour = firstHour + 1;
    query.untilHour = firstHour + 3;
    query.service = "LoopShare";
    query.version = "2.0";
    query.os = "linux";
    EXPECT_THAT(rowsOf(store->rollups(query)), ElementsAre("+1 / 2 of which 1"));
    query.host = "Live";
    EXPECT_THAT(rowsOf(store->rollups(query)), ElementsAre());
}

TYPED_TEST(RollupTableTest, ForgetsWhatWasNotStored) {
    auto store = this->open();
    const std::vector<SpanRow> rows{spanAt(1, "encode", "1.0", 0, 3)};
    const auto refuse = [](const auto&) { throw std::runtime_error("the outbox is full"); };
    EXPECT_THROW(store->write(rows, {}, refuse), std::runtime_error);
    EXPECT_THAT(this->all(*store, {}), ElementsAre());
    EXPECT_EQ(store->write(rows).accepted, 1U);
    const auto sums = this->all(*store, {RollupDimension::operation});
    ASSERT_EQ(sums.size(), 1U);
    EXPECT_EQ(sums[0].value.count, 1);
    EXPECT_EQ(sums[0].key.series.operation, "encode");
}

// Clients tell the numbers of blocks.
TYPED_TEST(RollupTableTest, ASumThatWouldBeTooLargeStaysAtTheLargest) {
    auto store = this->open();
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    const auto load = [](std::uint64_t id, double startMs) {
        auto span = spanAt(id, "audio.load", "1.0", startMs, startMs + 1);
        span.attributes = R"({"audio.load.blocks":1e9,"audio.load.overruns":1e9})";
        return span;
    };
    constexpr double hour = 3'600'000;
    store->write({load(1, 0), load(2, hour)});
    const auto rows = this->all(*store, {});
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].value.blocks, 2'000'000'000);
    this->model_->query(fmt::format("UPDATE rollups SET blocks = {0}, overruns = {0} RETURNING hour", most));
    EXPECT_EQ(store->write({load(3, 0), load(4, hour)}).accepted, 2U);
    const auto sums = this->all(*store, {});
    ASSERT_EQ(sums.size(), 1U);
    EXPECT_EQ(sums[0].value.count, 4);
    EXPECT_EQ(sums[0].value.blocks, most);
    EXPECT_EQ(sums[0].value.overruns, most);
}

TYPED_TEST(RollupTableTest, RefusesMoreThanAQueryMayAskFor) {
    auto store = this->open();
    store->write({spanAt(1, "a", "1.0", 0, 1), spanAt(2, "b", "1.0", 0, 1), spanAt(3, "c", "1.0", 0, 1)});
    RollupQuery query;
    query.fromHour = firstHour;
    query.untilHour = firstHour + 1;
    query.by = {RollupDimension::operation};
    query.mostRows = 3;
    EXPECT_EQ(store->rollups(query).size(), 3U);
    query.mostRows = 2;
    EXPECT_THAT([&] { static_cast<void>(store->rollups(query)); },
                ::testing::ThrowsMessage<std::invalid_argument>(
                    ::testing::HasSubstr("more than 2 rows; set from and until closer together")));
    query.by.clear();
    EXPECT_EQ(store->rollups(query).size(), 1U);
}

// The time is over before the database has worked through hundreds of series and hours.
TYPED_TEST(RollupTableTest, RefusesAQueryThatTakesTooLong) {
    auto store = this->open();
    std::vector<SpanRow> rows;
    for (std::uint64_t i = 1; i <= 2'000; ++i)
        rows.push_back(spanAt(i, fmt::format("n{}", i).c_str(), "1", 0, 1e6));
    store->write(rows);
    RollupQuery query;
    query.fromHour = firstHour;
    query.untilHour = firstHour + 1;
    query.mostTime = std::chrono::milliseconds(1);
    EXPECT_THAT(
        [&] {
            for (int i = 0; i < 1'000; ++i) static_cast<void>(store->rollups(query));
        },
        ::testing::ThrowsMessage<std::invalid_argument>(::testing::HasSubstr("longer than 1 ms")));
}

/// A line for each sum.
std::vector<std::string> textOf(const std::map<RollupKey, RollupValue>& sums) {
    std::vector<std::string> lines;
    for (const auto& [key, value] : sums) {
        lines.push_back(fmt::format("+{} {}: {} of which {}, {}, {} and {} blocks, {} traces of {} ns",
                                    key.hour - firstHour, key.series.operation, value.count, value.errors,
                                    value.durations.text(), value.blocks, value.overruns, value.times.traces,
                                    value.times.plugin + 2 * value.times.network + 3 * value.times.server));
    }
    return lines;
}

/// What the sums of each hour, which are simple, add up to in the steps of a query.
std::vector<std::string> addUp(Store& store, RollupQuery query) {
    std::map<RollupKey, RollupValue> sums;
    const auto step = std::exchange(query.stepHours, 1);
    for (auto row : store.rollups(query)) {
        auto& hour = row.key.hour;
        hour = step == 0 ? query.fromHour : query.fromHour + (hour - query.fromHour) / step * step;
        sums[row.key].add(row.value);
    }
    return textOf(sums);
}

/// Traces of a plugin and its server, errors and audio loads, from five days before to five hours after.
void writeSixDays(Store& store) {
    std::mt19937_64 random(20261127);
    std::vector<SpanRow> spans;
    for (std::uint64_t i = 1; i <= 600; ++i) {
        const auto startMs = static_cast<double>(random() % (124 * 3'600'000)) - 120.0 * 3'600'000;
        auto span = testing::row(spanJson(fmt::format("00000000-0000-4000-8000-{:012x}", i), i, 0,
                                          i % 3 == 0 ? "upload" : "audio.load", startMs,
                                          startMs + static_cast<double>(random() % 100'000)));
        if (i % 5 == 0) span.status = "error";
        if (i % 3 != 0) span.attributes = R"({"audio.load.blocks":7,"audio.load.overruns":2})";
        spans.push_back(std::move(span));
    }
    store.write(spans);
}

TYPED_TEST(RollupTableTest, AreTheSameByHoursAndByDays) {
    auto store = this->open();
    writeSixDays(*store);
    store->write({spanAt(9'999, "upload", "1.0", -3.6e6 * 50, 0)});
    const std::int64_t midnight = firstHour / 24 * 24;
    RollupQuery query;
    query.by = {RollupDimension::operation};
    for (const std::int64_t from :
         {midnight - 130, midnight - 96, midnight - 49, midnight - 5, midnight + 3}) {
        for (const std::int64_t hours : {1, 23, 24, 48, 100, 150}) {
            for (const std::int64_t step : {0, 1, 5, 24, 48}) {
                query.fromHour = from;
                query.untilHour = from + hours;
                query.stepHours = step;
                std::map<RollupKey, RollupValue> sums;
                for (auto& row : store->rollups(query)) sums.emplace(row.key, row.value);
                EXPECT_EQ(textOf(sums), addUp(*store, query))
                    << from - midnight << " " << hours << " " << step;
            }
        }
    }
}

TYPED_TEST(RollupTableTest, FindsNoTextThatOnlyBeginsLikeWhatIsStored) {
    auto store = this->open();
    store->write({spanAt(1, "encode", "1.0", 0, 3)});
    RollupQuery query;
    query.fromHour = firstHour;
    query.untilHour = firstHour + 1;
    query.operation = "encode";
    EXPECT_EQ(store->rollups(query).size(), 1U);
    query.operation = std::string("encode\0x", 8);
    EXPECT_EQ(store->rollups(query).size(), 0U);
}

// The sums of days are computed from what the earlier version stored.
TEST(PostgresRollups, OfDaysBeginWithThoseOfTheVersionBefore) {
    if (!testing::PostgresModel::isThere()) GTEST_SKIP() << "its programs are not installed";
    testing::PostgresModel model;
    StoreOptions options;
    options.address = model.address();
    options.clock = [] { return testing::timeAt(epoch + 5 * hourNano); };
    writeSixDays(*openStore(options));
    const auto days = [&] { return model.query("SELECT d::text FROM rollup_days AS d ORDER BY 1"); };
    const auto before = days();
    EXPECT_GT(before.size(), 10U);
    for (const char* statement : {"DROP TABLE rollup_days", "DELETE FROM sidespan_schema WHERE version >= 3"})
        model.query(statement);
    static_cast<void>(openStore(options));
    EXPECT_EQ(days(), before);
}

TEST(PostgresRollups, HaveTheQuantilesOfTheCollector) {
    if (!testing::PostgresModel::isThere()) GTEST_SKIP() << "its programs are not installed";
    testing::PostgresModel model;
    StoreOptions options;
    options.address = model.address();
    static_cast<void>(openStore(options));
    DurationHistogram durations;
    for (int i = 0; i < 1'000; ++i) durations.add(std::int64_t{i} * i * 50);
    for (const double share : {0.001, 0.5, 0.95, 1.0}) {
        const auto rows =
            model.query(fmt::format("SELECT quantile_ms('{{{}}}', {})", durations.text(), share));
        ASSERT_EQ(rows.size(), 1U);
        EXPECT_NEAR(std::stod(rows[0]), durations.quantile(share) / 1e6, 1e-9) << share;
    }
}

}
}
