#include <cstdint>

#include <gtest/gtest.h>
#include <sidespan/detail/drain/time_base.h>

namespace {

using sidespan::detail::TimeBase;

constexpr std::uint64_t second = 1'000'000'000;
constexpr std::uint64_t noon = 1'767'225'600 * second;

TEST(TimeBase, PlacesTicksByItsAnchor) {
    TimeBase time;
    time.observe(1000, noon, 1e9);
    EXPECT_EQ(time.toUnixNanos(1000, 2000), noon);
    EXPECT_EQ(time.toUnixNanos(1500, 2000), noon + 500);
    EXPECT_EQ(time.toUnixNanos(400, 2000), noon - 600) << "before the first look";
}

TEST(TimeBase, TurnsTicksIntoNanoseconds) {
    TimeBase time;
    time.observe(1000, noon, 4e9);
    EXPECT_EQ(time.duration(1000, 1000 + 4'000'000), 1'000'000U);
    EXPECT_EQ(time.toUnixNanos(1000 + 4'000'000, 2000), noon + 1'000'000);
}

TEST(TimeBase, GivesNoNegativeDurations) {
    TimeBase time;
    time.observe(1000, noon, 1e9);
    EXPECT_EQ(time.duration(2000, 1000), 0U);
    EXPECT_EQ(time.duration(2000, 2000), 0U);
}

TEST(TimeBase, KeepsItsAnchorThroughSmallDrift) {
    TimeBase time;
    time.observe(second, noon, 1e9);
    time.observe(2 * second, noon + second + 49'000'000, 1e9);
    EXPECT_EQ(time.toUnixNanos(2 * second, 2 * second), noon + second);
}

TEST(TimeBase, TakesANewAnchorWhenTheWallClockIsSet) {
    TimeBase time;
    time.observe(second, noon, 1e9);
    time.observe(2 * second, noon + second, 1e9);
    time.observe(3 * second, noon + 100 * second, 1e9);
    EXPECT_EQ(time.toUnixNanos(3 * second, 3 * second), noon + 100 * second);
    EXPECT_EQ(time.duration(second, 3 * second), 2 * second);
}

TEST(TimeBase, TakesANewAnchorWhenTheWallClockIsSetBack) {
    TimeBase time;
    time.observe(second, noon, 1e9);
    time.observe(2 * second, noon - 100 * second, 1e9);
    EXPECT_EQ(time.toUnixNanos(2 * second + 5, 3 * second), noon - 100 * second + 5);
}

TEST(TimeBase, LeavesWhatEndedWhileTheClocksAgreedWhereItWas) {
    TimeBase time;
    time.observe(second, noon, 1e9);
    time.observe(2 * second, noon + second, 1e9);
    time.observe(3 * second, noon + 100 * second, 1e9);
    const std::uint64_t ended = second + second / 2;
    EXPECT_EQ(time.toUnixNanos(ended, ended), noon + second / 2);
    EXPECT_EQ(time.toUnixNanos(second, ended), noon);
}

TEST(TimeBase, StaysExactForMonths) {
    TimeBase time;
    time.observe(second, noon, 1e9);
    constexpr std::uint64_t month = 30 * 24 * 3600 * second;
    EXPECT_EQ(time.toUnixNanos(second + month + 1, ~std::uint64_t{0}), noon + month + 1);
}

}
