#include "loop_buffer.h"

#include <cmath>
#include <limits>
#include <thread>

#include <gtest/gtest.h>

namespace loopshare {
namespace {

constexpr double aThousandHz = 1000;

/// A block whose samples count on from `first`; the second channel is the first one's negative.
juce::AudioBuffer<float> counting(int first, int frames, int channels = 2) {
    juce::AudioBuffer<float> block(channels, frames);
    for (int i = 0; i < frames; ++i) {
        for (int channel = 0; channel < channels; ++channel) {
            block.setSample(channel, i, static_cast<float>(channel == 0 ? first + i : -(first + i)));
        }
    }
    return block;
}

void expectCounting(const LoopSnapshot& loop, int last) {
    const int frames = loop.audio.getNumSamples();
    for (int i = 0; i < frames; ++i) {
        const auto expected = static_cast<float>(last - frames + 1 + i);
        ASSERT_EQ(loop.audio.getSample(0, i), expected) << i;
        ASSERT_EQ(loop.audio.getSample(1, i), -expected) << i;
    }
}

TEST(LoopBuffer, HoldsNothingBeforeAnythingIsPlayed) {
    LoopBuffer buffer;
    buffer.write(counting(0, 64));
    EXPECT_EQ(buffer.snapshot(1).audio.getNumSamples(), 0);
    buffer.prepare(2, aThousandHz, 2);
    EXPECT_EQ(buffer.snapshot(1).audio.getNumSamples(), 0);
    EXPECT_EQ(buffer.secondsHeld(), 0);
}

TEST(LoopBuffer, GivesTheLastSecondsInOrder) {
    LoopBuffer buffer;
    buffer.prepare(2, aThousandHz, 2);
    int next = 0;
    for (const int frames : {64, 1, 0, 700, 37, 999, 512, 1300}) {
        buffer.write(counting(next, frames));
        next += frames;
    }
    const auto loop = buffer.snapshot(1.5);
    EXPECT_EQ(loop.audio.getNumSamples(), 1500);
    EXPECT_EQ(loop.sampleRate, aThousandHz);
    expectCounting(loop, next - 1);
}

TEST(LoopBuffer, GivesWhatThereIsWhenLessWasPlayed) {
    LoopBuffer buffer;
    buffer.prepare(2, aThousandHz, 2);
    buffer.write(counting(0, 300));
    EXPECT_EQ(buffer.secondsHeld(), 0.3);
    const auto loop = buffer.snapshot(2);
    EXPECT_EQ(loop.audio.getNumSamples(), 300);
    expectCounting(loop, 299);
}

TEST(LoopBuffer, TakesABlockLongerThanItself) {
    LoopBuffer buffer;
    buffer.prepare(2, aThousandHz, 1);
    buffer.write(counting(0, 10'000));
    const auto loop = buffer.snapshot(1);
    EXPECT_EQ(loop.audio.getNumSamples(), 1000);
    expectCounting(loop, 9'999);
}

TEST(LoopBuffer, KeepsWhatItHoldsWhenPreparedTheSameWayAgain) {
    LoopBuffer buffer;
    buffer.prepare(2, aThousandHz, 1);
    buffer.write(counting(0, 500));
    buffer.prepare(2, aThousandHz, 1);
    EXPECT_EQ(buffer.secondsHeld(), 0.5);
    buffer.prepare(2, 2 * aThousandHz, 1);
    EXPECT_EQ(buffer.secondsHeld(), 0);
}

TEST(LoopBuffer, IsSilentWhereAChannelIsMissingOrASampleIsNoNumber) {
    LoopBuffer buffer;
    buffer.prepare(2, aThousandHz, 1);
    auto block = counting(1, 4, 1);
    block.setSample(0, 1, std::numeric_limits<float>::quiet_NaN());
    block.setSample(0, 2, std::numeric_limits<float>::infinity());
    buffer.write(block);
    const auto loop = buffer.snapshot(1);
    ASSERT_EQ(loop.audio.getNumSamples(), 4);
    EXPECT_EQ(loop.audio.getSample(0, 0), 1);
    EXPECT_EQ(loop.audio.getSample(0, 1), 0);
    EXPECT_EQ(loop.audio.getSample(0, 2), 0);
    EXPECT_EQ(loop.audio.getSample(0, 3), 4);
    for (int i = 0; i < 4; ++i) EXPECT_EQ(loop.audio.getSample(1, i), 0) << i;
}

// 24 bits of a float count to sixteen million.
TEST(LoopBuffer, NeverGivesATornSnapshotWhileItIsWritten) {
    constexpr int blocks = 60'000;
    constexpr int frames = 48;
    LoopBuffer buffer;
    buffer.prepare(2, aThousandHz, 0.5);
    std::atomic<bool> isOver{false};
    std::thread writer([&] {
        for (int i = 0; i < blocks; ++i) buffer.write(counting(i * frames, frames));
        isOver = true;
    });
    int last = 0;
    while (!isOver) {
        const auto loop = buffer.snapshot(0.5);
        const int size = loop.audio.getNumSamples();
        if (size == 0) continue;
        const int newest = static_cast<int>(loop.audio.getSample(0, size - 1));
        EXPECT_GE(newest, last);
        last = newest;
        expectCounting(loop, newest);
    }
    writer.join();
    expectCounting(buffer.snapshot(0.5), blocks * frames - 1);
}

}
}
