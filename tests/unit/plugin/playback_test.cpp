#include "playback.h"

#include "flac_encoder.h"
#include "loop_share_fixture.h"

namespace loopshare::testing {
namespace {

using sidespan::test::faults::answer;

constexpr double rate = 48'000;
const SharedLoop theLoop{"loop-1", "Drums", 1, ""};

/// A second of a ramp, as the service has it.
std::string flacOfARamp() {
    LoopSnapshot loop{juce::AudioBuffer<float>(1, static_cast<int>(rate)), rate};
    for (int i = 0; i < loop.audio.getNumSamples(); ++i) {
        loop.audio.setSample(0, i, static_cast<float>(i) / 65'536.0F);
    }
    return encodeFlac(recordingOf(loop).value(), [](double) { return true; }).value();
}

/// The header of a file and no sound: what the header says of it is up to the server.
std::string flacOfNothing(std::uint64_t sampleRate, std::uint64_t frames) {
    std::string file("fLaC\x80\0\0\x22\x10\0\x10\0\0\0\0\0\0\0", 18);  // STREAMINFO, the last block
    constexpr std::uint64_t stereo = 1;
    constexpr std::uint64_t bits = 23;
    const auto format = sampleRate << 44U | stereo << 41U | bits << 36U | frames;
    for (int shift = 56; shift >= 0; shift -= 8) file += static_cast<char>(format >> shift & 0xffU);
    return file + std::string(16, '\0');
}

class PlaybackTest : public LoopShareTest {
protected:
    bool settled() {
        return eventually([&] { return !playback_.status().isLoading; });
    }

    std::shared_ptr<LoopPlayer> player_ = std::make_shared<LoopPlayer>();
    Playback playback_{player_};
};

TEST_F(PlaybackTest, PlaysWhatItFetchedSampleForSample) {
    server_.then(answer(200, flacOfARamp(), {{"Content-Type", "audio/flac"}}));
    const auto session = this->session();
    playback_.start(session, theLoop, rate);
    ASSERT_TRUE(settled());
    juce::AudioBuffer<float> block(2, 1000);
    block.clear();
    player_->mix(block);
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(block.getSample(1, i), static_cast<float>(i) / 65'536.0F) << i;
    EXPECT_EQ(lastOperation(*session), "playback.start network.get audio.decode");
    EXPECT_EQ(request("/api/v1/audio/loops/loop-1").method, "GET");
}

TEST_F(PlaybackTest, PlaysAtTheRateOfTheHost) {
    server_.then(answer(200, flacOfARamp()));
    const auto session = this->session();
    playback_.start(session, theLoop, rate / 2);
    ASSERT_TRUE(settled());
    juce::AudioBuffer<float> block(1, 12'000);
    block.clear();
    player_->mix(block);
    EXPECT_NEAR(player_->progress(), 0.5, 1e-3);
    EXPECT_NEAR(block.getSample(0, 10'000), 20'000 / 65'536.0, 1e-3);
}

TEST_F(PlaybackTest, SaysThatALoopIsDamaged) {
    server_.then(answer(200, "fLaC and then nothing"));
    const auto session = this->session();
    playback_.start(session, theLoop, rate);
    ASSERT_TRUE(settled());
    ASSERT_TRUE(playback_.status().error);
    EXPECT_EQ(playback_.status().error->code, sidespan::ErrorCode::io);
    EXPECT_LT(player_->progress(), 0);
}

TEST_F(PlaybackTest, TakesNoMemoryForSoundThatIsNotThere) {
    const auto session = this->session();
    for (const auto& [hertz, frames] : {std::pair<std::uint64_t, std::uint64_t>{655'350, 30'000'000},
                                        {655'350, 300'000},
                                        {48'000, 2'000'000}}) {
        server_.then(answer(200, flacOfNothing(hertz, frames)));
        playback_.start(session, theLoop, 48'000);
        ASSERT_TRUE(settled());
        ASSERT_TRUE(playback_.status().error) << hertz << " Hz, " << frames;
        EXPECT_EQ(playback_.status().error->message, "this loop is damaged") << hertz << " Hz, " << frames;
    }
}

TEST_F(PlaybackTest, PlaysNothingThatWasStoppedWhileItWasFetched) {
    server_.then(answer(200, flacOfARamp()));
    const auto session = this->session();
    playback_.start(session, theLoop, rate);
    playback_.stop();
    ASSERT_TRUE(
        eventually([&] { return lastOperation(*session).find("audio.decode") != std::string::npos; }));
    EXPECT_LT(player_->progress(), 0);
    EXPECT_TRUE(playback_.status().loopId.isEmpty());
}

}
}
