#include <cstdint>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan/detail/lane/load_histogram.h>

namespace {

using sidespan::detail::LoadHistogram;

constexpr std::uint64_t one = LoadHistogram::one;

TEST(LoadHistogram, PutsEachLoadIntoTheBucketThatBeginsAtOrBelowIt) {
    std::size_t last = 0;
    for (std::uint64_t load = 0; load < 4 * one; ++load) {
        const std::size_t bucket = LoadHistogram::bucketOf(load);
        ASSERT_TRUE(bucket == last || bucket == last + 1) << load;
        last = bucket;
        ASSERT_LE(LoadHistogram::lowestOf(bucket), load);
        ASSERT_GT(LoadHistogram::lowestOf(bucket + 1), load);
    }
}

TEST(LoadHistogram, HasEightBucketsToEachDoubling) {
    for (std::uint64_t load = 16; load < (std::uint64_t{1} << 30U); load *= 2) {
        EXPECT_EQ(LoadHistogram::bucketOf(2 * load) - LoadHistogram::bucketOf(load), 8U);
        EXPECT_EQ(LoadHistogram::lowestOf(LoadHistogram::bucketOf(load)), load);
        EXPECT_EQ(LoadHistogram::bucketOf(load + load / 8 - 1), LoadHistogram::bucketOf(load));
        EXPECT_EQ(LoadHistogram::bucketOf(load + load / 8), LoadHistogram::bucketOf(load) + 1);
    }
}

TEST(LoadHistogram, TakesAnyLoad) {
    EXPECT_EQ(LoadHistogram::bucketOf(0), 0U);
    EXPECT_EQ(LoadHistogram::bucketOf(~std::uint64_t{0}), LoadHistogram::bucketCount - 1);
    EXPECT_EQ(LoadHistogram::bucketOf((std::uint64_t{1} << 31U) - 1), LoadHistogram::bucketCount - 1);
    LoadHistogram loads;
    loads.add(~std::uint64_t{0});
    EXPECT_EQ(loads.summarize().blocks, 1U);
}

TEST(LoadHistogram, CountsOverrunsFromTheWholeBudgetOn) {
    LoadHistogram loads;
    loads.add(one - 1);
    loads.add(one);
    loads.add(one + 1);
    loads.add(3 * one);
    const auto summary = loads.summarize();
    EXPECT_EQ(summary.blocks, 4U);
    EXPECT_EQ(summary.overruns, 3U);
    EXPECT_DOUBLE_EQ(summary.max, 3.0);
}

TEST(LoadHistogram, TellsPercentilesToAnEighth) {
    LoadHistogram loads;
    constexpr int blocks = 10'000;
    for (int i = 0; i < blocks; ++i) loads.add(one * static_cast<std::uint64_t>(i) / blocks);
    const auto summary = loads.summarize();
    for (const auto& [told, right] :
         {std::pair{summary.p50, 0.50}, {summary.p95, 0.95}, {summary.p99, 0.99}}) {
        EXPECT_LE(told, right);
        EXPECT_GT(told, right * 7 / 8);
    }
    EXPECT_NEAR(summary.max, 1.0, 0.001);
}

TEST(LoadHistogram, TellsTheOneLoadThatThereIs) {
    LoadHistogram loads;
    loads.add(one / 2);
    const auto summary = loads.summarize();
    EXPECT_DOUBLE_EQ(summary.p50, 0.5);
    EXPECT_DOUBLE_EQ(summary.p99, 0.5);
    EXPECT_DOUBLE_EQ(summary.max, 0.5);
}

TEST(LoadHistogram, SumsUpOnlyWhatIsNew) {
    LoadHistogram loads;
    for (int i = 0; i < 5; ++i) loads.add(2 * one);
    EXPECT_EQ(loads.summarize().blocks, 5U);
    EXPECT_EQ(loads.summarize().blocks, 0U);
    EXPECT_DOUBLE_EQ(loads.summarize().max, 0.0);
    loads.add(one / 4);
    const auto summary = loads.summarize();
    EXPECT_EQ(summary.blocks, 1U);
    EXPECT_EQ(summary.overruns, 0U);
    EXPECT_DOUBLE_EQ(summary.max, 0.25);
}

}
