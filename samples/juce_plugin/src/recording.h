#pragma once

#include <memory>

#include <juce_audio_formats/juce_audio_formats.h>

#include <sidespan/outcome.h>

#include "loop_buffer.h"

namespace loopshare {

/// An audio file in memory, as it was on disk, with what its header says about it.
struct Recording {
    juce::MemoryBlock file;
    juce::String format;  ///< "WAV file", "AIFF file" …
    double sampleRate = 0;
    unsigned channels = 0;
    unsigned bitsPerSample = 0;
    juce::int64 samples = 0;  ///< in each channel

    [[nodiscard]] double seconds() const { return static_cast<double>(samples) / sampleRate; }
};

/// Reads a file of any format JUCE knows, up to 1 GiB. Blocks on the disk; any thread but a realtime one.
[[nodiscard]] sidespan::Outcome<Recording> readRecording(const juce::File& file);

/// A loop as a recording: a WAV file of 24 bits. Any thread but a realtime one.
[[nodiscard]] sidespan::Outcome<Recording> recordingOf(const LoopSnapshot& loop);

/// Decodes a recording; null when its content is not what its header promised. It refers to the recording,
/// which must outlive it.
[[nodiscard]] std::unique_ptr<juce::AudioFormatReader> makeReader(const Recording& recording);

}
