#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include <juce_audio_processors/juce_audio_processors.h>

namespace loopshare::testing {

/// Waits for a parameter that the plugin itself sets. Any thread but the message thread.
class ParameterWatch : private juce::AudioProcessorParameter::Listener {
public:
    explicit ParameterWatch(juce::AudioProcessorParameter& parameter) : parameter_(parameter) {
        parameter_.addListener(this);
    }
    ~ParameterWatch() override { parameter_.removeListener(this); }
    ParameterWatch(const ParameterWatch&) = delete;
    ParameterWatch& operator=(const ParameterWatch&) = delete;

    /// False when it is not at that value by then.
    bool waitFor(float value, std::chrono::milliseconds timeout) {
        std::unique_lock lock(mutex_);
        const auto isThere = [&] { return juce::approximatelyEqual(parameter_.getValue(), value); };
        return changed_.wait_for(lock, timeout, isThere);
    }

private:
    void parameterValueChanged(int, float) override {
        const std::lock_guard lock(mutex_);
        changed_.notify_all();
    }
    void parameterGestureChanged(int, bool) override {}

    juce::AudioProcessorParameter& parameter_;
    std::mutex mutex_;
    std::condition_variable changed_;
};

}
