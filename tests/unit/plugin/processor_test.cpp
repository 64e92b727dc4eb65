#include "processor.h"

#include <cmath>
#include <filesystem>
#include <iterator>
#include <limits>
#include <string>

#include "editor/editor.h"
#include "faked_system.h"
#include "flac_encoder.h"
#include "parameters.h"
#include "processor_fixture.h"

namespace loopshare::testing {
namespace {

std::ptrdiff_t threadCount() {
    const std::filesystem::directory_iterator tasks("/proc/self/task");
    return std::distance(begin(tasks), end(tasks));
}

TEST_F(ProcessorTest, StartsAndReadsNothingWhenItIsOnlyLookedAt) {
    // Later versions of JUCE keep a thread for all timers, from the first one on.
    struct AnyTimer : juce::Timer {
        void timerCallback() override {}
    } first;
    first.startTimer(1'000);
    juce::MemoryBlock state;
    const auto before = threadCount();
    {
        LoopShareProcessor processor;
        processor.getStateInformation(state);
        EXPECT_EQ(threadCount(), before);
    }
    EXPECT_FALSE(settingsFile().getParentDirectory().exists());
}

TEST_F(ProcessorTest, HasANameForEachOfItsPrograms) {
    LoopShareProcessor processor;
    for (int i = 0; i < processor.getNumPrograms(); ++i)
        EXPECT_TRUE(processor.getProgramName(i).isNotEmpty());
}

TEST_F(ProcessorTest, ChangesNotABitAtUnityGain) {
    static_cast<void>(session());
    LoopShareProcessor processor;
    processor.prepareToPlay(48'000, 64);
    for (const int frames : {64, 1, 0, 63, 4096}) {
        auto block = sound(2, frames);
        if (frames > 2) block.setSample(0, 2, std::numeric_limits<float>::denorm_min());
        const auto before = block;
        process(processor, block);
        for (int channel = 0; channel < 2; ++channel) {
            EXPECT_EQ(std::memcmp(block.getReadPointer(channel), before.getReadPointer(channel),
                                  sizeof(float) * static_cast<std::size_t>(frames)),
                      0);
        }
    }
}

TEST_F(ProcessorTest, MeasuresItsLoadAfterAnEmptyBlock) {
    static_cast<void>(session(Consent::denied));
    LoopShareProcessor processor;
    processor.prepareToPlay(48'000, 64);
    for (const int frames : {0, 64}) {
        auto block = sound(2, frames);
        process(processor, block);
        EXPECT_TRUE(std::isfinite(processor.load().getLoadAsProportion()));
    }
}

TEST_F(ProcessorTest, AppliesItsGainAndCapturesWhatItPutsOut) {
    static_cast<void>(session());
    LoopShareProcessor processor;
    set(processor, parameters::gain, -6);
    processor.prepareToPlay(48'000, 64);
    auto block = sound(2, 64);
    const auto before = block;
    process(processor, block);
    EXPECT_NEAR(block.getSample(0, 63), before.getSample(0, 63) * std::pow(10.0F, -6.0F / 20), 1e-6);
    const auto loop = processor.loop().snapshot(1);
    ASSERT_EQ(loop.audio.getNumSamples(), 64);
    EXPECT_EQ(loop.audio.getSample(1, 5), block.getSample(1, 5));
}

TEST_F(ProcessorTest, TakesMonoAndStereoAndNothingElse) {
    LoopShareProcessor processor;
    const auto takes = [&](const juce::AudioChannelSet& in, const juce::AudioChannelSet& out) {
        juce::AudioProcessor::BusesLayout layout;
        layout.inputBuses.add(in);
        layout.outputBuses.add(out);
        return processor.checkBusesLayoutSupported(layout);
    };
    using Set = juce::AudioChannelSet;
    EXPECT_TRUE(takes(Set::mono(), Set::mono()));
    EXPECT_TRUE(takes(Set::stereo(), Set::stereo()));
    EXPECT_FALSE(takes(Set::mono(), Set::stereo()));
    EXPECT_FALSE(takes(Set::create5point1(), Set::create5point1()));
    EXPECT_FALSE(takes(Set::disabled(), Set::disabled()));
}

TEST_F(ProcessorTest, RestoresItsParametersWithoutPressingAButton) {
    juce::MemoryBlock saved;
    {
        LoopShareProcessor processor;
        set(processor, parameters::gain, 3);
        set(processor, parameters::length, 12);
        set(processor, parameters::share, 1);
        processor.getStateInformation(saved);
    }
    LoopShareProcessor processor;
    processor.setStateInformation(saved.getData(), static_cast<int>(saved.getSize()));
    EXPECT_EQ(processor.state().getParameter(parameters::share)->getValue(), 0);
    EXPECT_FLOAT_EQ(*processor.state().getRawParameterValue(parameters::gain), 3);
    EXPECT_FLOAT_EQ(*processor.state().getRawParameterValue(parameters::length), 12);
    static_cast<void>(processor.state().copyState());  // tells the listeners, as a timer of JUCE's does
    EXPECT_EQ(processor.share().status().stage, Share::Stage::idle);
    processor.setStateInformation("nonsense", 8);
    EXPECT_FLOAT_EQ(*processor.state().getRawParameterValue(parameters::gain), 3);
}

TEST_F(ProcessorTest, TakesNoParameterThatIsNoNumber) {
    for (const auto* const value : {"nan", "-nan", "inf", "-inf", "1e999"}) {
        LoopShareProcessor processor;
        set(processor, parameters::gain, 3);
        restore(processor, juce::String(R"(<LoopShare><PARAM id="gain" value=")") + value +
                               R"("/><PARAM id="length" value="12"/></LoopShare>)");
        EXPECT_EQ(*processor.state().getRawParameterValue(parameters::gain), 0) << value;
        EXPECT_EQ(*processor.state().getRawParameterValue(parameters::length), 12) << value;
        juce::MemoryBlock saved;
        processor.getStateInformation(saved);
        EXPECT_FALSE(saved.toString().contains("nan")) << saved.toString();
    }
}

TEST_F(ProcessorTest, SharesNothingBecauseAProjectSaysSo) {
    static_cast<void>(session(Consent::denied));
    for (const auto* const text :
         {R"(<LoopShare><PARAM id="share" value="1"/></LoopShare>)",
          R"(<LoopShare><PARAM id="share" value="0"/><PARAM id="share" value="1"/></LoopShare>)",
          R"(<LoopShare><other id="share" value="0"/><PARAM id="share" value="1"/></LoopShare>)"}) {
        LoopShareProcessor processor;
        processor.prepareToPlay(48'000, 64);
        auto block = sound(2, 64);
        process(processor, block);
        restore(processor, text);
        EXPECT_EQ(processor.state().getParameter(parameters::share)->getValue(), 0) << text;
        static_cast<void>(processor.state().copyState());  // tells the listeners, as a timer of JUCE's does
        EXPECT_FALSE(eventuallyPressed(processor)) << text;
    }
    EXPECT_EQ(server_.requestCount(), 0U);
}

TEST_F(ProcessorTest, KeepsParametersWithinTheirRange) {
    for (const auto* const value : {"1e30", "-1e30", "25", "1e300"}) {
        LoopShareProcessor processor;
        restore(processor,
                juce::String(R"(<LoopShare><PARAM id="gain" value=")") + value + R"("/></LoopShare>)");
        EXPECT_LE(std::abs(processor.state().getRawParameterValue(parameters::gain)->load()), 24) << value;
    }
}

TEST_F(ProcessorTest, PlaysAtAnyRateAndInBlocksOfAnySize) {
    static_cast<void>(session());
    for (const double hertz :
         {0.0, -48'000.0, 1.0, 192'000.0, 768'000.0, 1e9, std::numeric_limits<double>::infinity(),
          std::numeric_limits<double>::quiet_NaN()}) {
        for (const int frames : {1, 8192}) {
            LoopShareProcessor processor;
            processor.prepareToPlay(hertz, frames);
            auto block = sound(2, frames);
            const auto before = block;
            for (int i = 0; i < 3; ++i) process(processor, block);
            EXPECT_EQ(block.getSample(1, frames - 1), before.getSample(1, frames - 1)) << hertz;
            EXPECT_TRUE(std::isfinite(processor.load().getLoadAsProportion())) << hertz;
            EXPECT_TRUE(std::isfinite(processor.loop().secondsHeld())) << hertz;
        }
    }
}

TEST_F(ProcessorTest, PlaysWithoutChannelsAndBeforeItIsPrepared) {
    static_cast<void>(session());
    for (const bool isPrepared : {true, false}) {
        LoopShareProcessor processor;
        set(processor, parameters::gain, -6);
        if (isPrepared) processor.prepareToPlay(48'000, 64);
        for (const int channels : {0, 1, 2, 8}) {
            auto block = sound(channels, 64);
            process(processor, block);
        }
        Editor editor(processor);
        editor.refresh();
        processor.releaseResources();
        auto block = sound(2, 64);
        process(processor, block);
    }
}

TEST_F(ProcessorTest, SharesALoopOfTheGreatestRate) {
    static_cast<void>(session(Consent::denied));
    LoopShareProcessor processor;
    processor.prepareToPlay(192'000, 8192);
    auto block = sound(2, 8192);
    for (int i = 0; i < 50; ++i) process(processor, block);
    processor.startShare();
    ASSERT_TRUE(eventually([&] { return !processor.share().status().isUnderWay(); }));
    EXPECT_EQ(processor.share().status().stage, Share::Stage::done);
    EXPECT_TRUE(request("/api/v1/audio/upload").body.starts_with("fLaC"));
}

TEST_F(ProcessorTest, TakesNoStateThatWouldCrashItsReader) {
    const juce::String known = R"(<PARAM id="gain" value="3"/>)";
    const auto deep = "<LoopShare>" + known + juce::String::repeatedString("<a>", 200'000);
    const juce::String entities =
        R"(<!DOCTYPE x [<!ENTITY a "&a;">]><LoopShare b="&a;">)" + known + "</LoopShare>";
    const auto wide = "<LoopShare>" + known + juce::String::repeatedString("<b/>", 1'000) + "</LoopShare>";
    for (const auto& text : {deep, entities, wide}) {
        LoopShareProcessor processor;
        restore(processor, text);
        EXPECT_EQ(*processor.state().getRawParameterValue(parameters::gain), 0);
    }
}

TEST_F(ProcessorTest, TakesAnyBytesForAState) {
    juce::MemoryBlock saved;
    LoopShareProcessor().getStateInformation(saved);
    juce::Random random(7);
    for (int i = 0; i < 2'000; ++i) {
        juce::MemoryBlock damaged(saved);
        for (int j = 0; j < 3; ++j) {
            damaged[random.nextInt(static_cast<int>(damaged.getSize()))] =
                static_cast<char>(random.nextInt(256));
        }
        damaged.setSize(static_cast<std::size_t>(random.nextInt(static_cast<int>(saved.getSize()) + 1)));
        LoopShareProcessor processor;
        processor.setStateInformation(damaged.getData(), static_cast<int>(damaged.getSize()));
        EXPECT_TRUE(std::isfinite(processor.state().getRawParameterValue(parameters::gain)->load()));
    }
}

TEST_F(ProcessorTest, PlaysOnWhenItsHostSetsAParameterToNoNumber) {
    static_cast<void>(session(Consent::denied));
    LoopShareProcessor processor;
    processor.prepareToPlay(48'000, 64);
    processor.state().getParameter(parameters::gain)->setValue(std::numeric_limits<float>::quiet_NaN());
    auto block = sound(2, 64);
    const auto before = block;
    process(processor, block);
    EXPECT_EQ(block.getSample(1, 5), before.getSample(1, 5));
}

// A loop that sounds like this.
sidespan::test::Behaviour answerOf(const juce::AudioBuffer<float>& sound) {
    const auto flac = encodeFlac(recordingOf({sound, 48'000}).value(), [](double) { return true; });
    return sidespan::test::faults::answer(200, flac.value());
}

TEST_F(ProcessorTest, HasATailWhileASharedLoopSounds) {
    server_.then(answerOf(sound(1, 48'000)));
    const auto session = this->session(Consent::denied);
    LoopShareProcessor processor;
    processor.setRateAndBufferSizeDetails(48'000, 64);
    processor.prepareToPlay(48'000, 64);
    EXPECT_EQ(processor.getTailLengthSeconds(), 0);
    processor.playback().start(session, {"loop-1", "Noise", 1, ""}, 48'000);
    ASSERT_TRUE(eventually([&] { return !processor.playback().status().isLoading; }));
    EXPECT_NEAR(processor.getTailLengthSeconds(), 1, 1e-3);
    auto half = sound(2, 24'000);
    process(processor, half);
    EXPECT_NEAR(processor.getTailLengthSeconds(), 0.5, 1e-3);
    processor.playback().stop();
    EXPECT_EQ(processor.getTailLengthSeconds(), 0);
}

TEST_F(ProcessorTest, PlaysNoSharedLoopOnAtAnotherRate) {
    server_.then(answerOf(sound(1, 48'000)));
    const auto session = this->session(Consent::denied);
    LoopShareProcessor processor;
    processor.prepareToPlay(48'000, 64);
    processor.playback().start(session, {"loop-1", "Noise", 1, ""}, 48'000);
    ASSERT_TRUE(eventually([&] { return !processor.playback().status().isLoading; }));
    processor.releaseResources();
    processor.prepareToPlay(48'000, 512);
    EXPECT_EQ(processor.player().framesLeft(), 48'000);
    processor.prepareToPlay(96'000, 512);
    EXPECT_EQ(processor.player().framesLeft(), 0);
    EXPECT_TRUE(processor.playback().status().loopId.isEmpty());
}

TEST_F(ProcessorTest, SharesWhenTheHostPressesItsButton) {
    static_cast<void>(session());
    LoopShareProcessor processor;
    processor.prepareToPlay(48'000, 64);
    auto block = sound(2, 64);
    process(processor, block);
    set(processor, parameters::share, 1);
    auto& button = *processor.state().getParameter(parameters::share);
    ASSERT_TRUE(eventuallyInHost(
        [&] { return processor.share().status().stage == Share::Stage::done && button.getValue() == 0; }));
    EXPECT_EQ(request("/api/v1/audio/upload").header("content-type"), "audio/flac");
}

TEST_F(ProcessorTest, CountsItsFiveSecondsWhateverTheWallClockSays) {
    static_cast<void>(session(Consent::denied));
    LoopShareProcessor processor;
    processor.prepareToPlay(48'000, 64);
    auto block = sound(2, 64);
    process(processor, block);
    auto& button = *processor.state().getParameter(parameters::share);
    for (const auto ahead : {std::chrono::hours(0), std::chrono::hours(1)}) {
        setWallClockAhead(ahead);
        set(processor, parameters::share, 1);
        EXPECT_TRUE(eventuallyInHost([&] { return button.getValue() == 0; }));
    }
    setWallClockAhead({});
    EXPECT_EQ(server_.requestCount(), 1U);
}

TEST_F(ProcessorTest, SharesNothingByAutomation) {
    LoopShareProcessor processor;
    EXPECT_FALSE(processor.state().getParameter(parameters::share)->isAutomatable());
}

TEST_F(ProcessorTest, SharesOnceHoweverOftenItsButtonIsPressed) {
    static_cast<void>(session(Consent::denied));
    LoopShareProcessor processor;
    processor.prepareToPlay(48'000, 64);
    auto block = sound(2, 64);
    process(processor, block);
    auto& button = *processor.state().getParameter(parameters::share);
    for (int i = 0; i < 3; ++i) {
        set(processor, parameters::share, 1);
        ASSERT_TRUE(eventuallyInHost([&] { return button.getValue() == 0; }));
    }
    EXPECT_EQ(server_.requestCount(), 1U);
}

TEST_F(ProcessorTest, StartsNoShareWhileAHostSavesItsState) {
    static_cast<void>(session(Consent::denied));
    LoopShareProcessor processor;
    processor.prepareToPlay(48'000, 64);
    set(processor, parameters::share, 1);
    juce::MemoryBlock state;
    std::thread saver([&] {
        processor.getStateInformation(state);
        EXPECT_EQ(processor.share().status().stage, Share::Stage::idle);
    });
    saver.join();
    ASSERT_TRUE(eventuallyInHost([&] { return processor.share().status().stage == Share::Stage::failed; }));
}

TEST_F(ProcessorTest, KeepsTokenAndAddressOutOfTheProjectFile) {
    const auto session = this->session();
    Settings(settingsFile()).setSignedIn(server_.url(), {"ada", "user-1", "secret", 1});
    session->account().reload();
    LoopShareProcessor processor;
    processor.prepareToPlay(48'000, 64);
    juce::MemoryBlock state;
    processor.getStateInformation(state);
    const std::string text(static_cast<const char*>(state.getData()), state.getSize());
    EXPECT_NE(text.find("gain"), std::string::npos);
    for (const auto* secret : {"secret", "ada", "127.0.0.1"}) EXPECT_EQ(text.find(secret), std::string::npos);
}

TEST_F(ProcessorTest, LinksAShareToTheBlocksThatWereKeptOfIt) {
    const auto session = this->session();
    LoopShareProcessor processor;
    set(processor, parameters::length, parameters::maxLoopSeconds);
    processor.prepareToPlay(48'000, 4096);
    auto block = sound(2, 4096);
    for (int i = 0; i < 250; ++i) process(processor, block);
    ASSERT_TRUE(session->recorder().flush(std::chrono::seconds(10)));
    setWallClockAhead(std::chrono::hours(1));  // since the host stopped
    processor.startShare();
    setWallClockAhead({});
    ASSERT_TRUE(eventually([&] { return processor.share().status().stage == Share::Stage::done; }));
    ASSERT_TRUE(session->recorder().flush(std::chrono::seconds(10)));
    std::string sent;
    for (const auto& request : server_.requests()) sent += request.body;
    const auto upload = sent.find("\"audio.upload\"");
    ASSERT_NE(upload, std::string::npos);
    const auto block1 = recentTraces(session->recorder())->lastBlock();
    ASSERT_TRUE(block1);
    EXPECT_NE(sent.find(block1->root()->id.toHex(), upload), std::string::npos);
}

TEST_F(ProcessorTest, MovesToAnotherServiceWhileItPlays) {
    static_cast<void>(session());
    LoopShareProcessor processor;
    processor.prepareToPlay(48'000, 64);
    const sidespan::test::FaultServer other;
    processor.startShare();
    ASSERT_TRUE(eventually([&] { return !processor.share().status().isUnderWay(); }));
    const std::weak_ptr<Session> before = processor.session();
    ASSERT_TRUE(processor.session()->setEndpoint(other.url()));
    EXPECT_TRUE(before.expired());
    EXPECT_EQ(processor.session()->endpoint(), other.url());
    auto block = sound(2, 64);
    for (int i = 0; i < 100; ++i) process(processor, block);
    EXPECT_TRUE(processor.session()->recorder().flush(std::chrono::seconds(10)));
    EXPECT_GE(other.storedSpans(), 3U);
}

}
}
