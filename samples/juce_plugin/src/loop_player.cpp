#include "loop_player.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace loopshare {

void LoopPlayer::play(Sound sound) {
    while (isHeld_.test_and_set(std::memory_order_acquire)) std::this_thread::yield();
    std::swap(sound_, sound);  // the old one is freed with the parameter
    at_ = 0;
    progress_ = sound_ ? 0 : -1;
    framesLeft_ = sound_ ? sound_->getNumSamples() : 0;
    isHeld_.clear(std::memory_order_release);
}

void LoopPlayer::mix(juce::AudioBuffer<float>& block) noexcept {
    if (isHeld_.test_and_set(std::memory_order_acquire)) return;
    if (sound_) mixSound(block);
    isHeld_.clear(std::memory_order_release);
}

void LoopPlayer::mixSound(juce::AudioBuffer<float>& block) noexcept {
    const int length = sound_->getNumSamples();
    const int frames = std::min(block.getNumSamples(), length - at_);
    if (frames <= 0) {
        progress_.store(-1, std::memory_order_relaxed);
        return;
    }
    for (int channel = 0; channel < block.getNumChannels(); ++channel) {
        const int from = std::min(channel, sound_->getNumChannels() - 1);
        block.addFrom(channel, 0, *sound_, from, at_, frames);
    }
    at_ += frames;
    framesLeft_.store(length - at_, std::memory_order_relaxed);
    progress_.store(static_cast<double>(at_) / length, std::memory_order_relaxed);
}

}
