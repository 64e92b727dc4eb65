#include "recording.h"

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

}

Outcome<Recording> readRecording(const juce::File& file) {
    if (!file.existsAsFile()) return cannotRead(file, "there is no such file");
    if (file.getSize() > maxBytes) return cannotRead(file, "it is larger than 1 GiB");
    Recording recording;
    if (!file.loadFileAsData(recording.file)) return cannotRead(file, "the disk or its permissions refused");
    const auto reader = readerOf(recording.file);
    if (!reader) return cannotRead(file, "it is in no audio format that JUCE knows");
    recording.format = reader->getFormatName();
    recording.sampleRate = reader->sampleRate;
    recording.channels = reader->numChannels;
    recording.bitsPerSample = reader->bitsPerSample;
    recording.samples = reader->lengthInSamples;
    if (recording.samples <= 0 || recording.sampleRate <= 0 || recording.channels == 0) {
        return cannotRead(file, "there is no sound in it");
    }
    return recording;
}

std::unique_ptr<juce::AudioFormatReader> makeReader(const Recording& recording) {
    return readerOf(recording.file);
}

}
