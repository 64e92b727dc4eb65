#include <algorithm>
#include <array>
#include <exception>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store_fixture.h"

namespace sidespan::collector {
namespace {

using testing::applyRetention;
using ::testing::ElementsAre;
using testing::epoch;
using ::testing::IsEmpty;
using testing::ms;
using testing::row;
using testing::spanJson;

/// Where the time of traces went, in the sums of what they are called after.
template <class Model>
class RollupTimesTest : public testing::StoreFixture<Model> {
protected:
    void SetUp() override {
        testing::StoreFixture<Model>::SetUp();
        this->now_ = testing::timeAt(epoch + 60'000 * ms);
    }
    /// `upload: 1 trace, 40 + 60 + 0 ms` for each operation.
    static std::vector<std::string> times(Store& store) {
        RollupQuery query;
        query.untilHour = epoch / (3'600'000 * ms) + 24 * 500;
        query.by = {RollupDimension::operation};
        std::vector<std::string> list;
        for (const auto& [key, value] : store.rollups(query)) {
            const auto& sum = value.times;
            list.push_back(fmt::format("{}: {}, {} + {} + {} ms", key.series.operation, sum.traces,
                                       sum.plugin / ms, sum.network / ms, sum.server / ms));
        }
        return list;
    }
    /// Hours and series for which the sums of rollups are not those of the rows of `traces`.
    [[nodiscard]] std::string disagreements() const {
        const std::string sums =
            "SELECT hour, series_id, trace_count, plugin_nano, network_nano, server_nano FROM rollups WHERE "
            "trace_count <> 0 OR plugin_nano <> 0 OR network_nano <> 0 OR server_nano <> 0";
        const std::string traces =
            "SELECT rollup_hour, rollup_series_id, count(*), sum(plugin_nano), sum(network_nano), "
            "sum(server_nano) FROM traces WHERE plugin_nano IS NOT NULL GROUP BY 1, 2";
        return this->model_
            ->query(
                fmt::format("SELECT count(*) FROM (SELECT * FROM ({0} EXCEPT {1}) AS a UNION ALL SELECT * "
                            "FROM ({1} EXCEPT {0}) AS b) AS c",
                            sums, traces))
            .at(0);
    }
};
TYPED_TEST_SUITE(RollupTimesTest, testing::Models);

std::string traceOf(std::size_t number) {
    return fmt::format("{:08x}-5e6f-4a0b-8c1d-2e3f4a5b6c7d", number);
}

/// Spans of one trace: 40 ms are the plugin's, 20 the network's, 40 the server's.
std::array<SpanRow, 4> spansOf(std::size_t trace) {
    const auto id = traceOf(trace);
    auto server = row(spanJson(id, 3, 2, "handle", 30, 70));
    server.kind = "server";
    return {row(spanJson(id, 1, 0, "upload", 0, 100)), row(spanJson(id, 2, 1, "network.post", 20, 80)),
            server, row(spanJson(id, 4, 2, "early", -20, -10))};
}

/// What storing them changes of the time of all traces.
TraceTimes timesOf(Store& store, const std::vector<SpanRow>& rows) {
    const Store::Submission batch{rows, {}};
    return store.writeTogether({&batch, 1}).times;
}

constexpr const char* uploadTimes = "upload: {}, {} + {} + {} ms";

/// Again when another collector was in the way.
void writeStubbornly(Store& store, const std::vector<SpanRow>& rows) {
    for (int tries = 0;; ++tries) {
        try {
            store.write(rows);
            return;
        } catch (const StoreUnavailable&) {
            if (tries == 100) throw;
        }
    }
}

TYPED_TEST(RollupTimesTest, CountAtTheRootWheneverThatArrives) {
    auto& store = this->open();
    const auto spans = spansOf(1);
    store.write({spans[1]});
    EXPECT_THAT(this->times(store), ElementsAre("network.post: 1, 0 + 60 + 0 ms"));
    store.write({spans[2]});
    EXPECT_THAT(this->times(store),
                ElementsAre("handle: 0, 0 + 0 + 0 ms", "network.post: 1, 0 + 20 + 40 ms"));
    EXPECT_EQ(timesOf(store, {spans[0]}), (TraceTimes{0, 40 * ms, 0, 0}));
    const std::vector<std::string> all{"handle: 0, 0 + 0 + 0 ms", "network.post: 0, 0 + 0 + 0 ms",
                                       "upload: 1, 40 + 20 + 40 ms"};
    EXPECT_EQ(this->times(store), all);
    EXPECT_EQ(timesOf(store, {spans[0], spans[1], spans[2]}), TraceTimes());
    EXPECT_EQ(timesOf(this->open(), {spans[2]}), TraceTimes());
    EXPECT_EQ(this->times(store), all) << "what comes again changes nothing";
    EXPECT_EQ(this->disagreements(), "0");
}

TYPED_TEST(RollupTimesTest, AreTheSumsOfTheTracesInWhateverOrderTheirSpansArrive) {
    auto& one = this->open();
    auto& other = this->open();
    std::array<std::size_t, 4> order{0, 1, 2, 3};
    std::size_t trace = 0;
    do {
        const auto spans = spansOf(++trace);
        for (std::size_t i = 0; i < order.size(); ++i) {
            (i % 2 == 0 ? one : other).write({spans[order[i]]});
            (i % 2 == 0 ? other : one).write({spans[order[i]], spans[order[i / 2]]});
        }
    } while (std::next_permutation(order.begin(), order.end()));
    EXPECT_EQ(this->disagreements(), "0");
    const auto added = this->open().write({spansOf(1)[0]});
    EXPECT_EQ(added.accepted, 0U);
    const auto sums = this->times(one);
    EXPECT_THAT(sums, ::testing::Contains(
                          fmt::format(uploadTimes, trace, 40 * trace + 10 * trace, 20 * trace, 40 * trace)));
}

TYPED_TEST(RollupTimesTest, AreExactWithTwoCollectorsAtOnce) {
    constexpr std::size_t traces = 40;
    std::vector<std::thread> threads;
    std::array<std::exception_ptr, 2> failures;
    for (std::size_t collector = 0; collector < 2; ++collector) {
        auto& store = this->open();
        threads.emplace_back([&store, &failures, collector] {
            try {
                for (std::size_t i = 0; i < 4 * traces; ++i) {
                    // One begins with the roots, the other one with the earliest spans.
                    const auto span = collector == 0 ? i % 4 : 3 - i % 4;
                    writeStubbornly(store,
                                    {spansOf(1 + i / 4)[span], spansOf(1 + (i / 4 + 7) % traces)[span]});
                }
            } catch (...) {
                failures.at(collector) = std::current_exception();
            }
        });
    }
    for (auto& thread : threads) thread.join();
    for (const auto& failure : failures)
        if (failure) std::rethrow_exception(failure);
    EXPECT_EQ(this->disagreements(), "0");
    EXPECT_THAT(this->times(this->open()),
                ::testing::Contains(fmt::format(uploadTimes, traces, 50 * traces, 20 * traces, 40 * traces)));
}

TYPED_TEST(RollupTimesTest, LeaveOutATraceOfMoreSpansThanAreSplit) {
    auto& store = this->open();
    std::vector<SpanRow> rows;
    for (std::uint64_t i = 1; i <= 2'000; ++i)
        rows.push_back(row(spanJson(traceOf(1), i, i == 1 ? 0 : 1, "upload", 0, 100)));
    store.write(rows);
    EXPECT_THAT(this->times(store), ElementsAre("upload: 1, 100 + 0 + 0 ms"));
    store.write({row(spanJson(traceOf(1), 2'001, 1, "upload", 0, 100))});
    EXPECT_THAT(this->times(store), ElementsAre("upload: 0, 0 + 0 + 0 ms"));
    EXPECT_EQ(this->disagreements(), "0");
}

TYPED_TEST(RollupTimesTest, AreNotCorrectedInAnHourThatWasDeleted) {
    auto& store = this->open();
    const auto spans = spansOf(1);
    store.write({spans[0]});
    this->now_ += std::chrono::days(40);
    applyRetention(store, {.days = 500, .keptDays = {}, .maxBytes = {}, .rollupDays = 2});
    EXPECT_THAT(this->times(store), IsEmpty());
    writeStubbornly(store, {spans[1]});
    EXPECT_THAT(this->times(store), ElementsAre("network.post: 0, 0 + 0 + 0 ms"));
}

// Nobody knows where the time of a trace of the version before would count.
TYPED_TEST(RollupTimesTest, BeginWithTheTracesOfThisVersion) {
    const auto spans = spansOf(1);
    const auto others = spansOf(2);
    this->open().write({spans[1], others[0]});
    this->stores_.clear();
    for (const auto* statement : TypeParam::takeTimesBack) this->model_->query(statement);
    auto& store = this->open();
    store.write({spans[2], others[1]});
    EXPECT_THAT(this->times(store), ElementsAre("handle: 0, 0 + 0 + 0 ms", "network.post: 0, 0 + 0 + 0 ms",
                                                "upload: 0, 0 + 0 + 0 ms"));
    store.write({spans[0]});
    EXPECT_THAT(this->times(store), ::testing::Contains("upload: 1, 40 + 20 + 40 ms"));
}

TYPED_TEST(RollupTimesTest, ASeriesGoesWithItsLastSum) {
    auto& store = this->open();
    auto& other = this->open();
    const auto series = [&] { return this->model_->query("SELECT operation FROM rollup_series ORDER BY 1"); };
    const Retention retention{.days = 500, .keptDays = {}, .maxBytes = {}, .rollupDays = 2};
    store.write({spansOf(1)[0], spansOf(1)[1]});
    other.write({spansOf(2)[0], spansOf(2)[1]});
    this->now_ += std::chrono::days(1);
    auto later = spansOf(3)[0];
    for (auto* time : {&later.startUnixNano, &later.endUnixNano}) *time += 24 * 3'600'000 * ms;
    store.write({later});
    applyRetention(store, retention);
    EXPECT_THAT(series(), ElementsAre("network.post", "upload"));
    this->now_ += std::chrono::days(2);
    applyRetention(store, retention);
    EXPECT_THAT(series(), ElementsAre("upload"));
    // Both know it by an id that is gone.
    this->now_ += std::chrono::days(40);
    writeStubbornly(other, {spansOf(4)[1]});
    writeStubbornly(store, {spansOf(5)[1]});
    EXPECT_THAT(series(), ElementsAre("network.post", "upload"));
    EXPECT_THAT(this->times(store),
                ElementsAre("network.post: 2, 0 + 120 + 0 ms", "upload: 1, 100 + 0 + 0 ms"));
}

}
}
