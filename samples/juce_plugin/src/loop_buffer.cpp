#include "loop_buffer.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace loopshare {

// Frames the writer may overwrite before a reader that has just begun loses any.
constexpr double headroomSeconds = 0.5;

bool LoopBuffer::prepare(int channels, double sampleRate, double maxSeconds) {
    const std::lock_guard lock(preparing_);
    if (!(sampleRate > 0 && sampleRate <= maxSampleRate)) channels = 0;
    if (channels == 0) sampleRate = 0;
    const auto capacity = static_cast<std::int64_t>(
        std::bit_ceil(static_cast<std::uint64_t>(std::ceil((maxSeconds + headroomSeconds) * sampleRate))));
    channels = std::clamp(channels, 0, maxChannels);
    const bool isSame = channels == channels_ && capacity == capacity_ && sampleRate == sampleRate_.load();
    if (isSame) return false;
    samples_ = std::make_unique<Sample[]>(static_cast<std::size_t>(capacity * channels));
    capacity_ = capacity;
    channels_ = channels;
    ++preparation_;
    sampleRate_ = sampleRate;
    begun_ = 0;
    written_ = 0;
    return true;
}

std::int64_t LoopBuffer::write(const juce::AudioBuffer<float>& block) noexcept {
    const auto at = written_.load(std::memory_order_relaxed);
    const auto frames = block.getNumSamples();
    if (channels_ == 0 || frames == 0) return at;
    begun_.store(at + frames, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);  // who sees a sample of this block sees begun_
    for (int channel = 0; channel < channels_; ++channel) {
        const auto to = ring(channel);
        const float* const from = channel < block.getNumChannels() ? block.getReadPointer(channel) : nullptr;
        for (int i = 0; i < frames; ++i) {
            to[at + i].store(from == nullptr ? 0.0F : from[i], std::memory_order_relaxed);
        }
    }
    written_.store(at + frames, std::memory_order_release);
    return at + frames;
}

LoopSnapshot LoopBuffer::snapshot(double seconds) const {
    const std::lock_guard lock(preparing_);
    const double rate = sampleRate_;
    const auto end = written_.load(std::memory_order_acquire);
    const auto wanted = static_cast<std::int64_t>(std::llround(std::max(0.0, seconds) * rate));
    const auto begin = end - std::min({wanted, end, capacity_.load()});
    juce::AudioBuffer<float> copy(channels_, static_cast<int>(end - begin));
    for (int channel = 0; channel < channels_; ++channel) {
        const auto from = ring(channel);
        auto* const to = copy.getWritePointer(channel);
        for (auto at = begin; at < end; ++at) {
            const float sample = from[at].load(std::memory_order_relaxed);
            to[at - begin] = std::isfinite(sample) ? sample : 0.0F;
        }
    }
    std::atomic_thread_fence(std::memory_order_acquire);
    const auto firstWhole = std::clamp(begun_.load(std::memory_order_relaxed) - capacity_, begin, end);
    const auto lost = static_cast<int>(firstWhole - begin);
    LoopSnapshot loop{{channels_, copy.getNumSamples() - lost}, rate, end};
    for (int channel = 0; channel < channels_; ++channel) {
        loop.audio.copyFrom(channel, 0, copy, channel, lost, loop.audio.getNumSamples());
    }
    return loop;
}

LoopBuffer::Held LoopBuffer::held() const {
    const std::lock_guard lock(preparing_);
    const auto end = written_.load(std::memory_order_acquire);
    return {end - std::min(end, capacity_.load()), end, sampleRate_, preparation_};
}

float LoopBuffer::peak(std::int64_t begin, std::int64_t end) const {
    const std::lock_guard lock(preparing_);
    float greatest = 0;
    for (int channel = 0; channel < channels_; ++channel) {
        const auto from = ring(channel);
        for (auto at = begin; at < end; ++at) {
            const float sample = std::abs(from[at].load(std::memory_order_relaxed));
            if (std::isfinite(sample)) greatest = std::max(greatest, sample);
        }
    }
    return greatest;
}

double LoopBuffer::secondsHeld() const noexcept {
    const double rate = sampleRate_;
    return rate > 0 ? static_cast<double>(std::min(written_.load(), capacity_.load())) / rate : 0;
}

}
