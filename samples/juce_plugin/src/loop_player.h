#pragma once

#include <atomic>
#include <memory>

#include <juce_audio_basics/juce_audio_basics.h>

#include <sidespan/detail/compiler.h>

namespace loopshare {

/// Plays one sound into what the audio callback puts out, once, from its beginning.
class LoopPlayer {
public:
    using Sound = std::shared_ptr<const juce::AudioBuffer<float>>;

    /// Begins to play, instead of what was playing; stops when null. The sound has the callback's sample
    /// rate. [any thread but the audio thread] never makes the audio thread wait.
    void play(Sound sound);
    void stop() { play(nullptr); }

    /// Adds what is playing. A single channel goes to all of them. [audio thread] wait-free: a block in which
    /// play() is just changing the sound is left as it is.
    void mix(juce::AudioBuffer<float>& block) noexcept SIDESPAN_NONBLOCKING;

    /// How much of the sound has been played, 0 to 1; below 0 when none is. [any thread] wait-free.
    [[nodiscard]] double progress() const noexcept { return progress_.load(std::memory_order_relaxed); }

    /// How many frames of the sound are still to be played. [any thread] wait-free.
    [[nodiscard]] int framesLeft() const noexcept { return framesLeft_.load(std::memory_order_relaxed); }

private:
    void mixSound(juce::AudioBuffer<float>& block) noexcept;

    std::atomic_flag isHeld_;  // by whoever touches the sound; the audio thread never waits for it
    Sound sound_;
    int at_ = 0;
    std::atomic<double> progress_{-1};
    std::atomic<int> framesLeft_{0};
};

}
