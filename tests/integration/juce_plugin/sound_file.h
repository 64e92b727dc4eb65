#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <juce_audio_formats/juce_audio_formats.h>

#include "juce_version.h"

namespace loopshare::testing {

/// A WAV file in a temporary place, with a chirp in noise, gone with this object.
class SoundFile {
public:
    SoundFile(double sampleRate, unsigned channels, int bitsPerSample, int samples)
        : file_(juce::File::createTempFile(".wav")) {
        juce::AudioBuffer<float> buffer(static_cast<int>(channels), samples);
        std::minstd_rand random(1);
        std::uniform_real_distribution<float> noise(-0.2F, 0.2F);
        for (int channel = 0; channel < buffer.getNumChannels(); ++channel) {
            for (int i = 0; i < samples; ++i) {
                const float phase = static_cast<float>(i) * static_cast<float>(i) * 1e-6F;
                buffer.setSample(channel, i, 0.7F * std::sin(phase) + noise(random));
            }
        }
        juce::WavAudioFormat wav;
        juce::MemoryBlock bytes;
        auto writer = makeWriter(wav, bytes, {sampleRate, channels, bitsPerSample});
        if (!writer) throw std::runtime_error("no WAV of this kind can be written");
        writer->writeFromAudioSampleBuffer(buffer, 0, samples);
        writer.reset();
        file_.replaceWithData(bytes.getData(), bytes.getSize());
    }
    ~SoundFile() { file_.deleteFile(); }
    SoundFile(const SoundFile&) = delete;
    SoundFile& operator=(const SoundFile&) = delete;

    [[nodiscard]] const juce::File& file() const { return file_; }

private:
    juce::File file_;
};

/// All samples of all channels, as whole numbers.
inline std::vector<int> samplesOf(juce::AudioFormatReader& reader) {
    const auto length = static_cast<int>(reader.lengthInSamples);
    const auto channels = static_cast<int>(reader.numChannels);
    std::vector<int> samples(static_cast<std::size_t>(length * channels));
    std::vector<int*> pointers;
    for (int channel = 0; channel < channels; ++channel)
        pointers.push_back(samples.data() + channel * length);
    if (!reader.read(pointers.data(), channels, 0, length, false))
        throw std::runtime_error("the sound cannot be read");
    return samples;
}

}
