#include "loop_player.h"

#include <thread>

#include <gtest/gtest.h>

namespace loopshare {
namespace {

LoopPlayer::Sound constant(float value, int frames, int channels = 2) {
    auto sound = std::make_shared<juce::AudioBuffer<float>>(channels, frames);
    for (int channel = 0; channel < channels; ++channel) {
        juce::FloatVectorOperations::fill(sound->getWritePointer(channel), value, frames);
    }
    return sound;
}

juce::AudioBuffer<float> silence(int frames) {
    juce::AudioBuffer<float> block(2, frames);
    block.clear();
    return block;
}

TEST(LoopPlayer, AddsNothingWhenNothingPlays) {
    LoopPlayer player;
    auto block = silence(16);
    player.mix(block);
    EXPECT_EQ(block.getMagnitude(0, 16), 0);
    EXPECT_LT(player.progress(), 0);
}

TEST(LoopPlayer, AddsTheSoundOnceAndThenIsOver) {
    LoopPlayer player;
    player.play(constant(0.25F, 24));
    auto block = silence(16);
    block.setSample(0, 0, 0.5F);
    player.mix(block);
    EXPECT_EQ(block.getSample(0, 0), 0.75F);
    EXPECT_EQ(block.getSample(1, 15), 0.25F);
    EXPECT_NEAR(player.progress(), 16.0 / 24, 1e-9);
    EXPECT_EQ(player.framesLeft(), 8);
    block = silence(16);
    player.mix(block);
    EXPECT_EQ(block.getSample(0, 7), 0.25F);
    EXPECT_EQ(block.getSample(0, 8), 0);
    EXPECT_EQ(player.framesLeft(), 0);
    player.mix(block);
    EXPECT_LT(player.progress(), 0);
}

TEST(LoopPlayer, GivesASingleChannelToBothSides) {
    LoopPlayer player;
    player.play(constant(0.5F, 8, 1));
    auto block = silence(8);
    player.mix(block);
    EXPECT_EQ(block.getSample(0, 0), 0.5F);
    EXPECT_EQ(block.getSample(1, 0), 0.5F);
}

TEST(LoopPlayer, IsStartedAndStoppedWhileItIsMixed) {
    LoopPlayer player;
    std::atomic<bool> isOver{false};
    std::thread audio([&] {
        auto block = silence(32);
        while (!isOver) {
            block.clear();
            player.mix(block);
            const float first = block.getSample(0, 0);
            EXPECT_TRUE(first == 0 || first == 1 || first == 2) << first;
        }
    });
    for (int i = 0; i < 2'000; ++i) {
        player.play(constant(1, 100));
        player.play(constant(2, 100));
        player.stop();
    }
    isOver = true;
    audio.join();
    EXPECT_LT(player.progress(), 0);
}

}
}
