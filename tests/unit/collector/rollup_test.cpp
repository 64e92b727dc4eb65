#include "store/rollup/rollup.h"

#include <limits>
#include <memory>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spans.h"
#include "store/rollup/batch_rollup.h"

namespace sidespan::collector {
namespace {

using testing::epoch;
using testing::ms;
using testing::row;
using testing::spanJson;
using testing::traceA;

constexpr std::int64_t hour = 3'600'000 * ms;
constexpr std::int64_t now = epoch + hour;

/// The changes of a batch of these, if each is counted.
Rollups rolledUp(const std::vector<SpanRow>& rows) {
    BatchTraces traces;
    for (const auto& one : rows) traces[one.traceId].rows.push_back(&one);
    std::vector<RollupSeries> series;
    BatchRollup rollup(traces, now, [&](const RollupSeries& one) {
        series.push_back(one);
        return static_cast<std::int64_t>(series.size() - 1);
    });
    for (const auto& one : rows) rollup.addSpan(one);
    Rollups sums;
    for (const auto& [place, value] : rollup.sums())
        sums[{place.hour, series.at(static_cast<std::size_t>(place.series))}] = value;
    return sums;
}

RollupSeries seriesOf(const SpanRow& row) {
    return seriesOf(row, ResourceFacts().of(row), AudioLoad::of(row));
}

SpanRow spanOf(std::uint64_t id, const char* name, double startMs, double endMs, const char* status = "ok") {
    auto span = row(spanJson(traceA, id, 0, name, startMs, endMs));
    span.status = status;
    span.serviceName = "LoopShare";
    span.clientVersion = "1.2.0";
    span.resource = std::make_shared<const std::string>(R"({"os.type":"linux","daw.name":"Ardour","n":1})");
    return span;
}

TEST(Rollup, SumsUpByHourAndSeries) {
    const auto rollups = rolledUp({spanOf(1, "encode", 0, 3), spanOf(2, "encode", 1, 2, "error"),
                                   spanOf(3, "encode", -4e6, 1), spanOf(4, "upload", 0, 1, "cancelled")});
    ASSERT_EQ(rollups.size(), 3U);
    const RollupSeries series{"encode", "LoopShare", "1.2.0", "linux", "Ardour"};
    const auto& sum = rollups.at({epoch / hour, series});
    EXPECT_EQ(sum.count, 2);
    EXPECT_EQ(sum.errors, 1);
    EXPECT_EQ(sum.durations.count(), 2);
    EXPECT_EQ(rollups.at({(epoch - 4'000'000 * ms) / hour, series}).count, 1);
    EXPECT_EQ(seriesOf(spanOf(1, "encode", 0, 3)), series);
}

TEST(Rollup, TakesTheHourOfArrivalWhereAClockIsFarOff) {
    EXPECT_EQ(rollupHour(epoch, now), epoch / hour);
    EXPECT_EQ(rollupHour(now + 2 * hour, now), now / hour);
    EXPECT_EQ(rollupHour(now - 30 * 24 * hour, now), now / hour - 30 * 24);
    EXPECT_EQ(rollupHour(now - 32 * 24 * hour, now), now / hour);
    EXPECT_EQ(rollupHour(0, now), now / hour);
}

TEST(Rollup, CountsTheBlocksThatALoadSummaryTellsOf) {
    auto load = spanOf(1, "audio.load", 0, 10'000);
    load.attributes = R"({"audio.load.blocks":900,"audio.load.overruns":7,"audio.sample_rate":48000.0,)"
                      R"("audio.block.max_samples":256})";
    auto broken = spanOf(2, "audio.load", 0, 10'000);
    broken.attributes = R"({"audio.load.blocks":-3,"audio.load.overruns":"many","audio.sample_rate":1e300})";
    auto tooMany = spanOf(4, "audio.load", 0, 10'000);
    tooMany.attributes = R"({"audio.load.blocks":1000000001,"audio.load.overruns":5})";
    auto named = spanOf(3, "audio.block", 0, 1);
    named.attributes = R"({"audio.load.blocks":5})";
    const auto rollups = rolledUp({load, load, broken, tooMany, named});
    ASSERT_EQ(rollups.size(), 3U);
    RollupSeries series{"audio.load", "LoopShare", "1.2.0", "linux", "Ardour", 48'000, 256};
    EXPECT_EQ(rollups.at({epoch / hour, series}).blocks, 1'800);
    EXPECT_EQ(rollups.at({epoch / hour, series}).overruns, 14);
    series.sampleRate = series.blockSamples = 0;
    EXPECT_EQ(rollups.at({epoch / hour, series}).blocks, 0);
    series.operation = "audio.block";
    EXPECT_EQ(rollups.at({epoch / hour, series}).blocks, 0);
}

TEST(Rollup, ASumOfTimesThatWouldBeTooLargeStaysAtTheLargest) {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    TraceTimes times;
    times.add({most, 5, 0}, 1);
    times.add({most, 5, 0}, 1);
    EXPECT_EQ(times, (TraceTimes{2, most, 10, 0}));
    times.add({most, 5, 3}, -1);
    EXPECT_EQ(times, (TraceTimes{1, 0, 5, -3}));
    times.add({most, 0, 0}, -1);
    times.add({most, 0, 0}, -1);
    EXPECT_EQ(times.plugin, std::numeric_limits<std::int64_t>::min());
}

TEST(Rollup, CutsLongNamesAtACharacter) {
    std::string name(199, 'a');
    name += "\xc3\xa9 and more";
    EXPECT_EQ(seriesOf(spanOf(1, name.c_str(), 0, 1)).operation, std::string(199, 'a'));
}

}
}
