#include "recording.h"

#include <cmath>
#include <string>

#include "juce_version.h"

namespace loopshare {

using sidespan::Error;
using sidespan::ErrorCode;
using sidespan::Outcome;

namespace {

constexpr juce::int64 maxBytes = juce::int64{1} << 30U;

Error cannotRead(const juce::File& file, const juce::String& why) {
    return {ErrorCode::io, (file.getFileName() + " cannot be read: " + why).toStdString()};
}

std::unique_ptr<juce::AudioFormatReader> readerOf(const juce::MemoryBlock& file) {
    juce::AudioFormatManager formats;
    formats.registerBasicFormats();
    return std::unique_ptr<juce::AudioFormatReader>(
        formats.createReaderFor(std::make_unique<juce::MemoryInputStream>(file, false)));
}

// Fills in what the file's header says; false when it is no audio file.
bool describe(Recording& recording) {
    const auto reader = readerOf(recording.file);
    if (!reader) return false;
    recording.format = reader->getFormatName();
    recording.sampleRate = reader->sampleRate;
    recording.channels = reader->numChannels;
    recording.bitsPerSample = reader->bitsPerSample;
    recording.samples = reader->lengthInSamples;
    return true;
}

bool writeWav(const LoopSnapshot& loop, juce::MemoryBlock& out) {
    constexpr int bits = 24;
    const auto channels = static_cast<unsigned>(loop.audio.getNumChannels());
    juce::WavAudioFormat wav;
    const auto writer =
        makeWriter(wav, out, {.sampleRate = loop.sampleRate, .channels = channels, .bits = bits});
    return writer && writer->writeFromAudioSampleBuffer(loop.audio, 0, loop.audio.getNumSamples());
}

}

Outcome<Recording> readRecording(const juce::File& file) {
    if (!file.existsAsFile()) return cannotRead(file, "there is no such file");
    if (file.getSize() > maxBytes) return cannotRead(file, "it is larger than 1 GiB");
    Recording recording;
    if (!file.loadFileAsData(recording.file)) return cannotRead(file, "the disk or its permissions refused");
    if (!describe(recording)) return cannotRead(file, "it is in no audio format that JUCE knows");
    if (recording.samples <= 0 || recording.sampleRate <= 0 || recording.channels == 0) {
        return cannotRead(file, "there is no sound in it");
    }
    return recording;
}

Outcome<Recording> recordingOf(const LoopSnapshot& loop) {
    if (loop.audio.getNumSamples() == 0) {
        return Error{ErrorCode::io, "there is nothing to share yet: nothing has been played"};
    }
    Recording recording;
    if (!writeWav(loop, recording.file) || !describe(recording)) {
        return Error{ErrorCode::io, "a loop at " + std::to_string(std::lround(loop.sampleRate)) +
                                        " Hz cannot be made into a file"};
    }
    return recording;
}

std::unique_ptr<juce::AudioFormatReader> makeReader(const Recording& recording) {
    return readerOf(recording.file);
}

}
