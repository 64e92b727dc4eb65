#include "store/rollup/duration_histogram.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sidespan::collector {
namespace {

TEST(DurationHistogram, HasFourBucketsToAnOctave) {
    EXPECT_EQ(DurationHistogram::bucketOf(-5), 0U);
    EXPECT_EQ(DurationHistogram::bucketOf(999), 0U);
    EXPECT_EQ(DurationHistogram::bucketOf(1'000), 1U);
    EXPECT_EQ(DurationHistogram::bucketOf(2'000), 5U);
    EXPECT_EQ(DurationHistogram::bucketOf(4'000), 9U);
    EXPECT_EQ(DurationHistogram::bucketOf(std::numeric_limits<std::int64_t>::max()),
              DurationHistogram::bucketCount - 1);
    for (std::size_t bucket = 1; bucket < DurationHistogram::bucketCount; ++bucket) {
        const auto first = std::llround(std::ceil(DurationHistogram::lowerBound(bucket) + 1e-3));
        EXPECT_EQ(DurationHistogram::bucketOf(first), bucket);
    }
}

TEST(DurationHistogram, KnowsAQuantileToWithinTenPercent) {
    std::vector<std::int64_t> durations;
    DurationHistogram histogram;
    for (int i = 1; i <= 10'000; ++i) {
        durations.push_back(2'000 + std::int64_t{i} * i * 7);  // ascending
        histogram.add(durations.back());
    }
    for (const double share : {0.1, 0.5, 0.95, 0.99, 1.0}) {
        const auto index = static_cast<std::size_t>(share * 10'000) - 1;
        const auto real = static_cast<double>(durations[index]);
        EXPECT_NEAR(histogram.quantile(share), real, real * 0.1) << share;
    }
    EXPECT_EQ(DurationHistogram().quantile(0.5), 0);
}

TEST(DurationHistogram, AddsUpByPosition) {
    DurationHistogram one;
    one.add(500);
    one.add(1'000'000);
    DurationHistogram sum;
    sum.add(100);
    sum.add(one);
    sum.add(one);
    EXPECT_EQ(sum.count(), 5);
    EXPECT_EQ(sum.counts().front(), 3);
    EXPECT_EQ(sum.counts().back(), 2);
    EXPECT_EQ(sum.counts().size(), DurationHistogram::bucketOf(1'000'000) + 1);
}

TEST(DurationHistogram, IsReadFromItsTextAndFromNoOther) {
    DurationHistogram histogram;
    for (const std::int64_t duration : {1, 5'000, 5'000, 80'000'000}) histogram.add(duration);
    EXPECT_EQ(DurationHistogram::parse(histogram.text()), histogram);
    EXPECT_EQ(DurationHistogram::parse(""), DurationHistogram());
    for (const char* damaged : {",", "1,,2", "1;2", "x", "-1", "99999999999999999999"})
        EXPECT_THROW(static_cast<void>(DurationHistogram::parse(damaged)), std::runtime_error) << damaged;
    std::string tooMany = "1";
    for (std::size_t i = 0; i < DurationHistogram::bucketCount; ++i) tooMany += ",1";
    EXPECT_THROW(static_cast<void>(DurationHistogram::parse(tooMany)), std::runtime_error);
}

}
}
