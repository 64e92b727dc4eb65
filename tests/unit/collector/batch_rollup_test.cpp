#include "store/rollup/batch_rollup.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spans.h"

namespace sidespan::collector {
namespace {

using ::testing::ElementsAre;
using testing::epoch;
using testing::ms;
using testing::row;
using testing::spanJson;
using testing::traceA;
using testing::traceB;

constexpr std::int64_t hourNano = 3'600'000 * ms;

class BatchRollupTest : public ::testing::Test {
protected:
    BatchRollup rollupOf(const std::vector<SpanRow>& rows) {
        traces_ = groupByTrace(rows);
        return {traces_, epoch + hourNano, [this](const RollupSeries& series) {
                    asked_.push_back(series.operation);
                    return static_cast<std::int64_t>(asked_.size());
                }};
    }
    // A trace whose time counts already.
    static BatchTrace counted() {
        BatchTrace trace;
        trace.split = TimeSplit{10, 20, 30};
        trace.rollup = RollupPlace{7, 77};
        return trace;
    }
    static TraceAddition named(const SpanRow& row, const TimeSplit& split) {
        TraceAddition added;
        added.add(row);
        added.split = split;
        return added;
    }

    BatchTraces traces_;
    std::vector<std::string> asked_;
};

TEST_F(BatchRollupTest, AsksForSeriesInTheirOrderAndOnce) {
    const std::vector<SpanRow> rows{
        row(spanJson(traceA, 1, 0, "upload", -4e6, 1)), row(spanJson(traceA, 2, 1, "encode", 0, 1)),
        row(spanJson(traceB, 3, 0, "upload", 0, 1)), row(spanJson(traceB, 4, 3, "click", 0, 1))};
    const auto rollup = rollupOf(rows);
    EXPECT_THAT(asked_, ElementsAre("click", "encode", "upload"));
    EXPECT_EQ(rollup.placeOf(rows[0]), (RollupPlace{(epoch - 4'000'000 * ms) / hourNano, 3}));
    EXPECT_EQ(rollup.placeOf(rows[2]), (RollupPlace{epoch / hourNano, 3}));
}

TEST_F(BatchRollupTest, CorrectsTheTimeOfATraceWhereItCounts) {
    const std::vector<SpanRow> rows{row(spanJson(traceA, 2, 1, "child", 5, 6))};
    auto rollup = rollupOf(rows);
    auto before = counted();
    before.hasRoot = true;
    auto added = named(rows[0], {11, 25, 24});
    rollup.addToTrace(before, added);
    EXPECT_EQ(added.rollup, before.rollup);
    ASSERT_EQ(rollup.sums().size(), 1U);
    EXPECT_EQ(rollup.sums().at({7, 77}).times, (TraceTimes{0, 1, 5, -6}));
    EXPECT_EQ(rollup.times(), (TraceTimes{0, 1, 5, -6}));
}

TEST_F(BatchRollupTest, MovesTheTimeOfATraceToItsRoot) {
    const std::vector<SpanRow> rows{row(spanJson(traceA, 1, 0, "root", 5, 6))};
    auto rollup = rollupOf(rows);
    auto before = counted();
    before.nameStart = epoch;
    auto added = named(rows[0], {11, 20, 30});
    rollup.addToTrace(before, added);
    EXPECT_EQ(added.rollup, rollup.placeOf(rows[0]));
    EXPECT_EQ(rollup.sums().at({7, 77}).times, (TraceTimes{-1, -10, -20, -30}));
    EXPECT_EQ(rollup.sums().at(*added.rollup).times, (TraceTimes{1, 11, 20, 30}));
    EXPECT_EQ(rollup.times(), (TraceTimes{0, 1, 0, 0}));
}

TEST_F(BatchRollupTest, LeavesOutWhatDoesNotChange) {
    const std::vector<SpanRow> rows{row(spanJson(traceA, 2, 1, "child", 5, 6))};
    auto rollup = rollupOf(rows);
    auto before = counted();
    before.hasRoot = true;
    auto added = named(rows[0], *before.split);
    rollup.addToTrace(before, added);
    EXPECT_TRUE(rollup.sums().empty());
    before.rollup.reset();
    added.split = TimeSplit{11, 20, 30};
    rollup.addToTrace(before, added);
    EXPECT_TRUE(rollup.sums().empty()) << "where it counts is not known";
}

}
}
