#pragma once

#include <juce_audio_formats/juce_audio_formats.h>

namespace loopshare::testing {

/// A recording, in memory.
struct RecordedSound {
    juce::AudioBuffer<float> samples;
    double sampleRate = 0;

    /// Throws std::runtime_error when the file is not one.
    [[nodiscard]] static RecordedSound read(const juce::File& file);

    /// Fills the buffer from `position` on, over and over, whatever its channels; returns where it ends.
    int fill(juce::AudioBuffer<float>& buffer, int position) const;
};

}
