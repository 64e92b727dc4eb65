#include "flac_encoder.h"

#include <gmock/gmock.h>

#include "sound_file.h"

namespace loopshare {

namespace {

using sidespan::ErrorCode;
using testing::samplesOf;
using testing::SoundFile;

constexpr auto toTheEnd = [](double) { return true; };

Recording recordingOf(const juce::File& file) {
    auto recording = readRecording(file);
    EXPECT_TRUE(recording) << recording.error().message;
    return std::move(recording).value();
}

std::unique_ptr<juce::AudioFormatReader> decode(const std::string& flac) {
    return std::unique_ptr<juce::AudioFormatReader>(juce::FlacAudioFormat().createReaderFor(
        new juce::MemoryInputStream(flac.data(), flac.size(), true), true));
}

void expectSameSound(const SoundFile& sound) {
    const Recording recording = recordingOf(sound.file());
    const auto flac = encodeFlac(recording, toTheEnd);
    ASSERT_TRUE(flac) << flac.error().message;
    const auto decoded = decode(flac.value());
    ASSERT_NE(decoded, nullptr);
    EXPECT_EQ(decoded->sampleRate, recording.sampleRate);
    EXPECT_EQ(samplesOf(*decoded), samplesOf(*makeReader(recording)));
    EXPECT_LT(flac.value().size(), recording.file.getSize());
}

TEST(FlacEncoder, KeepsEverySampleOf16BitMono) {
    expectSameSound(SoundFile(44'100, 1, 16, 100'000));
}

TEST(FlacEncoder, KeepsEverySampleOf24BitStereo) {
    expectSameSound(SoundFile(48'000, 2, 24, 100'000));
}

TEST(FlacEncoder, KeepsASoundShorterThanASecond) {
    expectSameSound(SoundFile(48'000, 2, 16, 5'000));
}

TEST(FlacEncoder, Takes24BitsForFloatingPointSound) {
    const SoundFile sound(48'000, 2, 32, 50'000);
    const Recording recording = recordingOf(sound.file());
    const auto flac = encodeFlac(recording, toTheEnd);
    ASSERT_TRUE(flac) << flac.error().message;
    EXPECT_EQ(decode(flac.value())->bitsPerSample, 24U);
}

TEST(FlacEncoder, StopsWithinASecondOfSoundWhenAsked) {
    const SoundFile sound(8'000, 1, 16, 80'000);
    int asked = 0;
    const auto flac = encodeFlac(recordingOf(sound.file()), [&](double) { return ++asked < 4; });
    ASSERT_FALSE(flac);
    EXPECT_EQ(flac.error().code, ErrorCode::cancelled);
    EXPECT_EQ(asked, 4);
}

TEST(FlacEncoder, SaysWhatFlacCannotHold) {
    const SoundFile sound(48'000, 9, 16, 1'000);
    const auto flac = encodeFlac(recordingOf(sound.file()), toTheEnd);
    ASSERT_FALSE(flac);
    EXPECT_THAT(flac.error().message, ::testing::HasSubstr("9 channels at 48000 Hz"));
}

TEST(Recording, SaysWhyAFileCannotBeRead) {
    const auto missing = readRecording(juce::File("/nowhere/loop.wav"));
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().message, "loop.wav cannot be read: there is no such file");

    const auto text = juce::File::createTempFile(".wav");
    text.replaceWithText("not a sound");
    const auto unknown = readRecording(text);
    text.deleteFile();
    ASSERT_FALSE(unknown);
    EXPECT_THAT(unknown.error().message, ::testing::HasSubstr("no audio format that JUCE knows"));
}

}

}
