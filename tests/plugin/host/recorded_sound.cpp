#include "recorded_sound.h"

#include <stdexcept>

namespace loopshare::testing {

RecordedSound RecordedSound::read(const juce::File& file) {
    juce::AudioFormatManager formats;
    formats.registerBasicFormats();
    const std::unique_ptr<juce::AudioFormatReader> reader(formats.createReaderFor(file));
    if (!reader || reader->lengthInSamples == 0) {
        throw std::runtime_error(file.getFullPathName().toStdString() + " is not a recording");
    }
    RecordedSound sound;
    sound.sampleRate = reader->sampleRate;
    const auto length = static_cast<int>(reader->lengthInSamples);
    sound.samples.setSize(static_cast<int>(reader->numChannels), length);
    reader->read(&sound.samples, 0, length, 0, true, true);
    return sound;
}

int RecordedSound::fill(juce::AudioBuffer<float>& buffer, int position) const {
    for (int i = 0; i < buffer.getNumSamples(); ++i) {
        for (int channel = 0; channel < buffer.getNumChannels(); ++channel) {
            buffer.setSample(channel, i, samples.getSample(channel % samples.getNumChannels(), position));
        }
        position = (position + 1) % samples.getNumSamples();
    }
    return position;
}

}
