#include <cstdint>
#include <initializer_list>

#include <gtest/gtest.h>
#include <sidespan/detail/lane/block_rules.h>
#include <sidespan/detail/lane/load_histogram.h>

namespace {

using sidespan::LaneOptions;
using sidespan::detail::BlockRules;
using sidespan::detail::LoadHistogram;

constexpr double nanoClock = 1e9;

LaneOptions optionsAt(double sampleRate) {
    LaneOptions options;
    options.sampleRate = sampleRate;
    return options;
}

TEST(BlockRules, GiveABlockTheTimeItsSamplesLast) {
    for (const double rate : {1.0, 8'000.0, 44'100.0, 48'000.0, 96'000.0, 192'000.0, 1e7}) {
        for (const double ticksPerSecond : {nanoClock, 2.6e9, 24e6, 1e7}) {
            BlockRules rules(optionsAt(rate), ticksPerSecond);
            for (const std::uint32_t samples : {1U, 31U, 64U, 441U, 512U, 8'192U}) {
                rules.setSamples(samples);
                const double right = ticksPerSecond * samples / rate;
                EXPECT_NEAR(static_cast<double>(rules.budget()), right, 1 + right * 1e-5)
                    << rate << " Hz, " << samples << " samples, " << ticksPerSecond << " ticks";
            }
        }
    }
}

TEST(BlockRules, KnowAnOverrunToTheTick) {
    for (const double ticksPerSecond : {nanoClock, 2.6e9, 24e6}) {
        for (const std::uint32_t samples : {16U, 31U, 64U, 480U, 512U, 4'096U}) {
            BlockRules rules(optionsAt(48'000), ticksPerSecond);
            rules.setSamples(samples);
            EXPECT_LT(rules.loadOf(rules.budget() - 1), LoadHistogram::one) << samples;
            EXPECT_GE(rules.loadOf(rules.budget() + 1), LoadHistogram::one) << samples;
        }
    }
}

TEST(BlockRules, MeasureLoadsFarBeyondTheBudget) {
    BlockRules rules(optionsAt(48'000), nanoClock);
    for (const std::uint32_t samples : {1U, 32U, 480U, 48'000U}) {
        rules.setSamples(samples);
        for (const std::uint64_t times : {2U, 10U, 100U}) {
            const std::uint64_t elapsed = rules.budget() * times;
            if (elapsed > (std::uint64_t{1} << 32U)) continue;
            EXPECT_NEAR(static_cast<double>(rules.loadOf(elapsed)) / static_cast<double>(LoadHistogram::one),
                        static_cast<double>(times), 0.001);
        }
    }
    EXPECT_GE(rules.loadOf(~std::uint64_t{0}), 4 * LoadHistogram::one);
}

TEST(BlockRules, HoldForTheLargestBlocksThereAre) {
    BlockRules rules(optionsAt(1), nanoClock);
    rules.setSamples(1'000);
    EXPECT_EQ(rules.budget(), 1'000'000'000'000U);
    EXPECT_LT(rules.loadOf(std::uint64_t{1} << 32U), LoadHistogram::one);
    EXPECT_FALSE(rules.isOverLoad(700'000'000'000U));
    EXPECT_TRUE(rules.isOverLoad(900'000'000'000U));
}

TEST(BlockRules, HoldForTheLargestShareThereIs) {
    auto options = optionsAt(48'000);
    options.keepOverLoad = 1e6;
    BlockRules rules(options, nanoClock);
    for (const std::uint32_t samples : {1U, 480U, 8'192U, 48'000U}) {
        rules.setSamples(samples);
        EXPECT_FALSE(rules.isOverLoad(rules.budget() * 999'000)) << samples;
        EXPECT_TRUE(rules.isOverLoad(rules.budget() * 1'001'000)) << samples;
    }
}

TEST(BlockRules, CountToEveryNth) {
    auto options = optionsAt(48'000);
    options.keepOneIn = 3;
    BlockRules rules(options, nanoClock);
    for (int round = 0; round < 4; ++round) {
        EXPECT_FALSE(rules.isNth());
        EXPECT_FALSE(rules.isNth());
        EXPECT_TRUE(rules.isNth());
    }
    options.keepOneIn = 1;
    BlockRules every(options, nanoClock);
    EXPECT_TRUE(every.isNth());
    EXPECT_TRUE(every.isNth());
}

TEST(BlockRules, KeepNoneForItsNumberUnlessAsked) {
    BlockRules rules(optionsAt(48'000), nanoClock);
    for (int i = 0; i < 100'000; ++i) ASSERT_FALSE(rules.isNth());
}

TEST(BlockRules, RefillTokensWithTime) {
    auto options = optionsAt(48'000);
    options.maxKeptPerSecond = 4;
    BlockRules rules(options, nanoClock);
    std::uint64_t now = 5'000'000'000;
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(rules.takeToken(now));
    EXPECT_FALSE(rules.takeToken(now));
    EXPECT_FALSE(rules.takeToken(now += 249'999'999));
    EXPECT_TRUE(rules.takeToken(now += 1));
    EXPECT_FALSE(rules.takeToken(now));
    now += 3'600'000'000'000;
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(rules.takeToken(now));
    EXPECT_FALSE(rules.takeToken(now));
}

TEST(BlockRules, GiveOneTokenAtOnceHoweverSlowlyTheyCome) {
    auto options = optionsAt(48'000);
    options.maxKeptPerSecond = 0.01;
    BlockRules rules(options, nanoClock);
    EXPECT_TRUE(rules.takeToken(1));
    EXPECT_FALSE(rules.takeToken(2));
    EXPECT_FALSE(rules.takeToken(99'000'000'000));
    EXPECT_TRUE(rules.takeToken(100'000'000'001));
}

}
