#include "loop_peaks.h"

#include <limits>
#include <thread>

#include <gtest/gtest.h>

namespace loopshare {
namespace {

constexpr double rateOfPeaks = 1000;
constexpr int framesInBar = 100;

juce::AudioBuffer<float> level(float value, int frames) {
    juce::AudioBuffer<float> block(2, frames);
    block.clear();
    for (int i = 0; i < frames; ++i) block.setSample(1, i, -value);
    return block;
}

class LoopPeaksTest : public ::testing::Test {
protected:
    LoopPeaksTest() { buffer_.prepare(2, rateOfPeaks, 2); }

    void play(float value, int frames) { buffer_.write(level(value, frames)); }

    LoopBuffer buffer_;
    LoopPeaks peaks_{1};
};

TEST_F(LoopPeaksTest, HoldNothingBeforeAnythingIsPlayed) {
    EXPECT_FALSE(peaks_.follow(buffer_));
    EXPECT_TRUE(peaks_.bars().empty());
    EXPECT_FALSE(LoopPeaks(1).follow(LoopBuffer()));
}

TEST_F(LoopPeaksTest, AreTheGreatestMagnitudeOfEachTenthOfASecond) {
    play(0.25F, framesInBar);
    play(0.5F, 1);
    play(0.125F, framesInBar - 1);
    ASSERT_TRUE(peaks_.follow(buffer_));
    ASSERT_EQ(peaks_.bars().size(), 2U);
    EXPECT_EQ(peaks_.bars()[0], 0.25F);
    EXPECT_EQ(peaks_.bars()[1], 0.5F);
    EXPECT_EQ(peaks_.lastBar(), 1);
}

TEST_F(LoopPeaksTest, GrowWithTheBarThatHasBegun) {
    play(0.25F, framesInBar / 2);
    ASSERT_TRUE(peaks_.follow(buffer_));
    EXPECT_EQ(peaks_.lastBar(), 0.5);
    EXPECT_FALSE(peaks_.follow(buffer_));
    play(0.75F, framesInBar);
    ASSERT_TRUE(peaks_.follow(buffer_));
    ASSERT_EQ(peaks_.bars().size(), 2U);
    EXPECT_EQ(peaks_.bars()[0], 0.75F);
    EXPECT_EQ(peaks_.lastBar(), 0.5);
}

TEST_F(LoopPeaksTest, KeepTheLastSecond) {
    for (int i = 0; i < 25; ++i) {
        play(static_cast<float>(i), framesInBar);
        peaks_.follow(buffer_);
    }
    ASSERT_EQ(peaks_.bars().size(), 11U);
    EXPECT_EQ(peaks_.bars().back(), 24);
    EXPECT_EQ(peaks_.bars().front(), 14);
}

TEST_F(LoopPeaksTest, BeginAnewAfterMoreThanTheyHold) {
    play(1, framesInBar);
    peaks_.follow(buffer_);
    play(0.5F, 70 * framesInBar);
    ASSERT_TRUE(peaks_.follow(buffer_));
    for (const float bar : peaks_.bars()) EXPECT_EQ(bar, 0.5F);
    EXPECT_LE(peaks_.bars().size(), 11U);
}

TEST_F(LoopPeaksTest, ForgetWhatWasPlayedInAnotherFormat) {
    play(1, 3 * framesInBar);
    peaks_.follow(buffer_);
    buffer_.prepare(2, 2 * rateOfPeaks, 2);
    peaks_.follow(buffer_);
    EXPECT_TRUE(peaks_.bars().empty());
    play(0.5F, 2 * framesInBar);
    ASSERT_TRUE(peaks_.follow(buffer_));
    ASSERT_EQ(peaks_.bars().size(), 1U);
    EXPECT_EQ(peaks_.bars()[0], 0.5F);
}

TEST_F(LoopPeaksTest, AreFollowedWhileSoundIsWritten) {
    std::thread writer([&] {
        const auto block = level(0.5F, 64);
        for (int i = 0; i < 5'000; ++i) buffer_.write(block);
    });
    for (std::int64_t written = 0; written < 5'000 * 64; written = buffer_.held().end) {
        peaks_.follow(buffer_);
        EXPECT_LE(peaks_.bars().size(), 11U);
        for (const float bar : peaks_.bars()) EXPECT_TRUE(bar == 0 || bar == 0.5F) << bar;
    }
    writer.join();
}

TEST_F(LoopPeaksTest, TakeWhatIsNoNumberForSilence) {
    play(std::numeric_limits<float>::quiet_NaN(), framesInBar);
    play(std::numeric_limits<float>::infinity(), framesInBar);
    ASSERT_TRUE(peaks_.follow(buffer_));
    for (const float bar : peaks_.bars()) EXPECT_EQ(bar, 0);
}

}
}
