#pragma once

#include <memory>

#include <juce_audio_processors/juce_audio_processors.h>

namespace loopshare::testing {

/// A built plugin, VST3 or LV2, and what makes instances of it as a host does.
class PluginBundle {
public:
    /// Loads it; throws std::runtime_error when it is no plugin. [message thread]
    explicit PluginBundle(const juce::File& bundle);

    [[nodiscard]] const juce::PluginDescription& description() const noexcept { return description_; }

    /// A new instance, not prepared to play; throws std::runtime_error. [message thread]
    [[nodiscard]] std::unique_ptr<juce::AudioPluginInstance> make(double sampleRate = 48000,
                                                                  int blockSize = 512);

private:
    juce::AudioPluginFormatManager formats_;
    juce::PluginDescription description_;
};

/// The parameter of that name; throws std::runtime_error.
[[nodiscard]] juce::AudioProcessorParameter& parameterOf(juce::AudioProcessor& plugin,
                                                         const juce::String& name);

}
