#include "loop_player.h"

#include <algorithm>
#include <utility>

namespace loopshare {

void LoopPlayer::play(Sound sound) {
    const juce::SpinLock::ScopedLockType lock(changing_);
    std::swap(sound_, sound);  // the old one is freed after the lock, with the parameter
    at_ = 0;
    progress_ = sound_ ? 0 : -1;
}

void LoopPlayer::mix(juce::AudioBuffer<float>& block) noexcept {
    const juce::SpinLock::ScopedTryLockType lock(changing_);
    if (!lock.isLocked() || !sound_) return;
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
    progress_.store(static_cast<double>(at_) / length, std::memory_order_relaxed);
}

}
