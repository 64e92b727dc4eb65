#include "flac_encoder.h"

#include <algorithm>
#include <cmath>

#include "juce_version.h"

namespace loopshare {

using sidespan::Error;
using sidespan::ErrorCode;
using sidespan::Outcome;

namespace {

constexpr int quality = 5;  // of 0 to 8, what `flac` itself takes

/// Copies all sound from one to the other, a second at a time.
Outcome<> transcode(juce::AudioFormatReader& reader, juce::AudioFormatWriter& writer,
                    const Continues& continues) {
    const auto step = static_cast<juce::int64>(std::ceil(reader.sampleRate));
    for (juce::int64 at = 0; at < reader.lengthInSamples; at += step) {
        const double done = static_cast<double>(at) / static_cast<double>(reader.lengthInSamples);
        if (!continues(done)) return Error{ErrorCode::cancelled, "the upload was cancelled"};
        if (!writer.writeFromAudioReader(reader, at, std::min(step, reader.lengthInSamples - at))) {
            return Error{ErrorCode::io, "the sound could not be decoded and encoded again"};
        }
    }
    return {};
}

}

int flacBitsPerSample(const Recording& recording) {
    return recording.bitsPerSample <= 16 ? 16 : 24;
}

Outcome<std::string> encodeFlac(const Recording& recording, const Continues& continues) {
    juce::MemoryBlock encoded;
    const auto reader = makeReader(recording);
    juce::FlacAudioFormat flac;
    auto writer = makeWriter(flac, encoded,
                             {.sampleRate = recording.sampleRate,
                              .channels = recording.channels,
                              .bits = flacBitsPerSample(recording),
                              .quality = quality});
    if (!reader || !writer) {
        return Error{ErrorCode::io, "FLAC cannot hold " + std::to_string(recording.channels) +
                                        " channels at " + std::to_string(std::lround(recording.sampleRate)) +
                                        " Hz"};
    }
    if (auto done = transcode(*reader, *writer, continues); !done) return done.error();
    writer.reset();  // writes the last frame and the header
    return std::string(static_cast<const char*>(encoded.getData()), encoded.getSize());
}

}
