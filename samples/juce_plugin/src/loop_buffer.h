#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

#include <juce_audio_basics/juce_audio_basics.h>

#include <sidespan/detail/compiler.h>

namespace loopshare {

/// What was played last, as one moment found it.
struct LoopSnapshot {
    juce::AudioBuffer<float> audio;
    double sampleRate = 0;
    std::int64_t end = 0;  ///< the number of the frame after the last one, counted as in LoopBuffer::Held

    [[nodiscard]] double seconds() const {
        return sampleRate > 0 ? static_cast<double>(audio.getNumSamples()) / sampleRate : 0;
    }
};

/// Holds the last seconds of what an audio callback played, while others copy from it.
///
/// One thread writes at a time, any number may take snapshots meanwhile. The writer never waits for a reader:
/// a reader sees afterwards which frames were overwritten while it copied, and leaves those, the oldest, out.
class LoopBuffer {
public:
    static constexpr int maxChannels = 2;
    static constexpr double maxSampleRate = 768'000;

    /// Makes room, touching all of it, and forgets what is held unless the format is the same. Nothing is
    /// held of what has no channels, or no sample rate up to the greatest. [not the audio thread] allocates;
    /// waits for snapshots under way. The writer must not be writing. Returns whether frames are
    /// counted from 0 again.
    bool prepare(int channels, double sampleRate, double maxSeconds);

    /// Appends a block of any length; beyond the prepared channels nothing is taken, and missing ones are
    /// silent. Returns the number of frames since counting began. [audio thread] wait-free.
    std::int64_t write(const juce::AudioBuffer<float>& block) noexcept SIDESPAN_NONBLOCKING;

    /// The last `seconds`, or as much of them as there is; silence where a sample was no number. [any thread
    /// but the audio thread] allocates.
    [[nodiscard]] LoopSnapshot snapshot(double seconds) const;

    /// How much a snapshot could hold now. [any thread] wait-free.
    [[nodiscard]] double secondsHeld() const noexcept;

    /// The numbers of the frames that are there, counted since they were prepared for.
    struct Held {
        std::int64_t begin = 0;
        std::int64_t end = 0;
        double sampleRate = 0;
        unsigned preparation = 0;  ///< another one: the frames before are forgotten
    };
    [[nodiscard]] Held held() const;

    /// The greatest magnitude on any channel of the frames `begin` to before `end`; a sample that is no
    /// number counts as silence, and one that is overwritten meanwhile as what it becomes. [any thread but
    /// the audio thread]
    [[nodiscard]] float peak(std::int64_t begin, std::int64_t end) const;

private:
    using Sample = std::atomic<float>;

    // The samples of one channel: a ring of `capacity` frames, and where the frame of a number is in it.
    struct Ring {
        Sample* samples;
        std::int64_t capacity;

        [[nodiscard]] Sample& operator[](std::int64_t frame) const noexcept {
            return samples[frame & (capacity - 1)];
        }
    };
    [[nodiscard]] Ring ring(int channel) const noexcept {
        const auto capacity = capacity_.load(std::memory_order_relaxed);
        return {samples_.get() + channel * capacity, capacity};
    }

    mutable std::mutex preparing_;  // between prepare() and snapshots
    std::unique_ptr<Sample[]> samples_;
    std::atomic<std::int64_t> capacity_{0};  // frames in each channel, a power of two
    int channels_ = 0;
    unsigned preparation_ = 0;
    std::atomic<double> sampleRate_{0};
    std::atomic<std::int64_t> begun_{0};    // frames whose place may be in use by the writer
    std::atomic<std::int64_t> written_{0};  // frames that are there
};

}
