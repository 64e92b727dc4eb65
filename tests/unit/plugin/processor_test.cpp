#include "processor.h"

#include <cmath>
#include <limits>

#include "editor/editor.h"
#include "flac_encoder.h"
#include "loop_share_fixture.h"
#include "parameters.h"

namespace loopshare::testing {
namespace {

std::size_t threadCount() {
    const std::filesystem::directory_iterator tasks("/proc/self/task");
    return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

/// The component of that type in another.
template <class Component>
Component* find(juce::Component& parent) {
    for (auto* const child : parent.getChildren()) {
        if (auto* const found = dynamic_cast<Component*>(child)) return found;
        if (auto* const found = find<Component>(*child)) return found;
    }
    return nullptr;
}

/// The button that says so; null when there is none.
juce::Button* buttonOf(juce::Component& parent, const juce::String& label) {
    for (auto* const child : parent.getChildren()) {
        auto* const button = dynamic_cast<juce::Button*>(child);
        if (button != nullptr && button->getButtonText() == label) return button;
        if (auto* const found = buttonOf(*child, label)) return found;
    }
    return nullptr;
}

/// Presses the button that says so.
void press(juce::Component& parent, const juce::String& label) {
    for (auto* const child : parent.getChildren()) {
        auto* const button = dynamic_cast<juce::Button*>(child);
        if (button != nullptr && button->getButtonText() == label) return button->onClick();
        press(*child, label);
    }
}

std::vector<juce::String> keysOf(const juce::var& json) {
    std::vector<juce::String> keys;
    if (auto* const object = json.getDynamicObject()) {
        for (const auto& [name, value] : object->getProperties()) keys.push_back(name.toString());
    }
    return keys;
}

class ProcessorTest : public LoopShareTest {
protected:
    static juce::AudioBuffer<float> sound(int channels, int frames) {
        juce::AudioBuffer<float> block(channels, frames);
        juce::Random random(1);
        for (int channel = 0; channel < channels; ++channel) {
            for (int i = 0; i < frames; ++i) block.setSample(channel, i, random.nextFloat() * 2 - 1);
        }
        return block;
    }

    static void set(LoopShareProcessor& processor, const char* id, float value) {
        auto& parameter = *processor.state().getParameter(id);
        parameter.setValueNotifyingHost(parameter.convertTo0to1(value));
    }

    /// As from a host that has kept this text.
    static void restore(LoopShareProcessor& processor, const juce::String& text) {
        constexpr juce::uint32 magic = 0x21324356;  // as copyXmlToBinary() writes it
        juce::MemoryOutputStream blob;
        blob.writeInt(static_cast<int>(magic));
        blob.writeInt(static_cast<int>(text.getNumBytesAsUTF8()));
        blob << text;
        blob.writeByte(0);
        processor.setStateInformation(blob.getData(), static_cast<int>(blob.getDataSize()));
    }

    /// Whether the button is pressed once the messages that wait are dealt with.
    static bool eventuallyPressed(LoopShareProcessor& processor) {
        while (dispatchNextMessageOnSystemQueue(true)) {
        }
        return processor.share().status().stage != Share::Stage::idle;
    }

    static void process(LoopShareProcessor& processor, juce::AudioBuffer<float>& block) {
        juce::MidiBuffer midi;
        processor.processBlock(block, midi);
    }
};

TEST_F(ProcessorTest, StartsAndReadsNothingWhenItIsOnlyLookedAt) {
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

TEST_F(ProcessorTest, MayBeShownAndHiddenWhileItShares) {
    server_.otherwise(sidespan::test::faults::silent());
    const auto session = this->session();
    LoopShareProcessor processor;
    processor.prepareToPlay(48'000, 64);
    auto block = sound(2, 64);
    process(processor, block);
    std::unique_ptr<Editor> editor;
    const auto showAgain = [&] {
        editor.reset();
        editor = std::make_unique<Editor>(processor);
        while (dispatchNextMessageOnSystemQueue(true)) {
        }
    };
    showAgain();
    press(*editor, "Share loop");
    for (int i = 0; i < 10; ++i) showAgain();
    EXPECT_TRUE(processor.share().status().isUnderWay());
    EXPECT_FALSE(buttonOf(*editor, "Share loop")->isEnabled());
    press(*editor, "Cancel");
    editor.reset();
    ASSERT_TRUE(eventually([&] { return processor.share().status().stage == Share::Stage::cancelled; }));
    showAgain();
    press(*editor, "Share loop");
    press(*editor, "Refresh");
    ASSERT_TRUE(session->setEndpoint("http://127.0.0.1:9"));  // all of it at once
    showAgain();
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

TEST_F(ProcessorTest, HasATailWhileASharedLoopSounds) {
    const auto flac =
        encodeFlac(recordingOf({sound(1, 48'000), 48'000}).value(), [](double) { return true; });
    server_.then(sidespan::test::faults::answer(200, flac.value()));
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
    processor.prepareToPlay(48'000, 64);
    auto block = sound(2, 64);
    for (int i = 0; i < 250; ++i) process(processor, block);
    ASSERT_TRUE(session->recorder().flush(std::chrono::seconds(10)));
    processor.startShare();
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

TEST_F(ProcessorTest, ShowsWhatWentWrongLastUntilItIsDismissed) {
    server_.otherwise(sidespan::test::faults::answer(413));
    const auto session = this->session(Consent::denied);
    LoopShareProcessor processor;
    processor.prepareToPlay(48'000, 64);
    auto block = sound(2, 64);
    process(processor, block);
    Editor editor(processor);
    const auto bar = [&] { return find<MessageBar>(editor); };
    EXPECT_FALSE(bar()->isVisible());
    processor.startShare();
    ASSERT_TRUE(eventually([&] { return !processor.share().status().isUnderWay(); }));
    editor.refresh();
    EXPECT_TRUE(bar()->getDescription().contains("too large"));

    server_.otherwise(sidespan::test::faults::answer(401));
    session->account().signIn("ada", "byron");
    ASSERT_TRUE(eventually([&] { return !session->account().status().isBusy; }));
    editor.refresh();
    EXPECT_TRUE(bar()->getDescription().contains("password"));

    bar()->onDismiss();
    EXPECT_FALSE(bar()->isVisible());
    editor.refresh();
    EXPECT_FALSE(bar()->isVisible());
}

TEST_F(ProcessorTest, OffersNoShareBeforeAnythingIsCaptured) {
    static_cast<void>(session(Consent::denied));
    LoopShareProcessor processor;
    processor.prepareToPlay(48'000, 64);
    Editor editor(processor);
    auto& button = *buttonOf(editor, "Share loop");
    EXPECT_FALSE(button.isEnabled());
    auto block = sound(2, 64);
    process(processor, block);
    editor.refresh();
    EXPECT_TRUE(button.isEnabled());
}

TEST_F(ProcessorTest, ShowsHowMuchOfTheCapturedSoundWouldBeShared) {
    static_cast<void>(session(Consent::denied));
    LoopShareProcessor processor;
    set(processor, parameters::length, 2);
    processor.prepareToPlay(48'000, 48'000);
    Editor editor(processor);
    auto& waveform = *find<WaveformView>(editor);
    auto picture = [&] {
        editor.refresh();
        return waveform.createComponentSnapshot(waveform.getLocalBounds(), false, 1.0F);
    };
    const auto countOf = [](const juce::Image& image, juce::Colour colour) {
        int count = 0;
        for (int x = 0; x < image.getWidth(); ++x)
            count += image.getPixelAt(x, image.getHeight() / 2) == colour ? 1 : 0;
        return count;
    };
    EXPECT_EQ(countOf(picture(), palette::dim), 0);
    auto second = sound(2, 48'000);
    for (int i = 0; i < 10; ++i) process(processor, second);
    const auto after = picture();
    const double width = waveform.getWidth();
    EXPECT_NEAR(countOf(after, palette::accent), width * 2 / 20, width * 0.02);
    EXPECT_NEAR(countOf(after, palette::dim), width * 8 / 20, width * 0.02);
    EXPECT_EQ(waveform.getDescription(), "10.0 s captured; the last 2.0 s would be shared");
}

TEST_F(ProcessorTest, CallsAnOperationThatIsNotOverByNoPartOfIt) {
    const auto session = this->session();
    LoopShareProcessor processor;
    Editor editor(processor);
    auto upload = session->recorder().openSpan("audio.upload");
    { auto part = session->recorder().span("audio.read", upload.context()); }
    ASSERT_TRUE(session->recorder().flush(std::chrono::seconds(10)));
    editor.refresh();
    auto& chart = *find<juce::Viewport>(*find<WaterfallPanel>(editor))->getViewedComponent();
    EXPECT_TRUE(chart.getDescription().startsWith("In progress")) << chart.getDescription();
    upload.end();
    ASSERT_TRUE(session->recorder().flush(std::chrono::seconds(10)));
    editor.refresh();
    EXPECT_TRUE(chart.getDescription().startsWith("audio.upload")) << chart.getDescription();
}

TEST_F(ProcessorTest, DescribesAllThatItsHealthPanelShows) {
    const auto session = this->session();
    LoopShareProcessor processor;
    processor.prepareToPlay(48'000, 64);
    auto block = sound(2, 64);
    process(processor, block);
    processor.releaseResources();  // a lane that closes sums up
    ASSERT_TRUE(session->recorder().flush(std::chrono::seconds(10)));
    Editor editor(processor);
    auto& panel = *find<HealthPanel>(editor);
    const auto description = panel.getDescription();
    for (auto* const child : panel.getChildren()) {
        const auto* const label = dynamic_cast<juce::Label*>(child);
        ASSERT_NE(label, nullptr);
        EXPECT_TRUE(description.contains(label->getText())) << label->getText() << " in " << description;
    }
    for (const auto* const text : {"queued", "on disk", "delivered", "dropped", "too late", "99% below"}) {
        EXPECT_TRUE(description.contains(text)) << text << " in " << description;
    }
}

TEST_F(ProcessorTest, BlamesNoConnectionForAnAnswerThatMakesNoSense) {
    const auto session = this->session(Consent::denied);
    LoopShareProcessor processor;
    Editor editor(processor);
    for (const auto& answer :
         {sidespan::test::faults::garbage(), sidespan::test::faults::answer(200, "<html>")}) {
        server_.otherwise(answer);
        session->feed().refresh();
        ASSERT_TRUE(eventually([&] { return !session->feed().status().isLoading; }));
        editor.refresh();
        const auto words = find<MessageBar>(editor)->getDescription();
        EXPECT_TRUE(words.contains("address")) << words;
        EXPECT_FALSE(words.contains("connection")) << words;
        find<MessageBar>(editor)->onDismiss();
    }
}

TEST_F(ProcessorTest, ShowsTheAddressThatWasChosenInAnotherWindow) {
    const auto session = this->session();
    LoopShareProcessor processor;
    Editor editor(processor);
    ASSERT_TRUE(session->setEndpoint("https://loops.example.com"));
    editor.refresh();
    EXPECT_EQ(find<juce::TextEditor>(*find<ServicePanel>(editor))->getText(), "https://loops.example.com");
}

TEST_F(ProcessorTest, AsksInNoWindowWhatWasAnsweredInAnother) {
    for (const auto* const answer : {"Allow", "Not now", "Don't allow"}) {
        const auto session = this->session(Consent::unknown);
        LoopShareProcessor processor;
        Editor one(processor);
        Editor other(processor);
        EXPECT_TRUE(find<PrivacyPanel>(other)->isVisible());
        press(one, answer);
        other.refresh();
        EXPECT_FALSE(find<PrivacyPanel>(one)->isVisible()) << answer;
        EXPECT_FALSE(find<PrivacyPanel>(other)->isVisible()) << answer;
    }
}

TEST_F(ProcessorTest, ShowsAnExampleOfWhatWouldBeSent) {
    const auto session = this->session(Consent::unknown);
    LoopShareProcessor processor;
    Editor editor(processor);
    press(editor, "Show what would be sent");
    const auto text = find<juce::TextEditor>(*find<PrivacyPanel>(editor))->getText();
    EXPECT_TRUE(text.contains("An example"));

    session->setConsent(Consent::granted);
    {
        auto span = session->recorder().span("audio.encode");
        span.set("codec", "flac");
        span.event("encoding_started");
    }
    ASSERT_TRUE(eventually([&] { return !session->preview().empty(); }));
    const auto real = juce::JSON::parse(juce::String(session->preview()));
    const auto example = juce::JSON::parse(text.fromFirstOccurrenceOf("[", true, false));
    EXPECT_EQ(keysOf(example[0]), keysOf(real[0]));
}

TEST_F(ProcessorTest, KeepsTheButtonThatPlaysALoopWhenItIsPressed) {
    const auto session = this->session(Consent::denied);
    server_.then(sidespan::test::faults::answer(200, R"({"loops":[{"id":"b","name":"Drums","bytes":2048}]})"))
        .then(sidespan::test::faults::silent());
    LoopShareProcessor processor;
    Editor editor(processor);
    session->feed().refresh();
    ASSERT_TRUE(eventually([&] { return session->feed().status().version == 1; }));
    editor.refresh();
    auto& list = *find<juce::ListBox>(editor);
    const juce::Component::SafePointer<juce::Component> row(list.getComponentForRowNumber(0));
    ASSERT_NE(row, nullptr);
    press(editor, "Play");
    ASSERT_NE(row, nullptr);
    EXPECT_EQ(find<juce::Button>(*row)->getButtonText(), "Stop");
}

TEST_F(ProcessorTest, ShowsTheLastErrorOfDelivery) {
    server_.otherwise(sidespan::test::faults::answer(410));
    const auto session = this->session();
    LoopShareProcessor processor;
    Editor editor(processor);
    { auto span = session->recorder().span("audio.upload"); }
    static_cast<void>(session->recorder().flush(std::chrono::seconds(10)));
    ASSERT_TRUE(eventually([&] { return session->lastError().has_value(); }));
    editor.refresh();
    const auto words = find<HealthPanel>(editor)->getDescription();
    EXPECT_TRUE(words.contains("Last error: ")) << words;
    EXPECT_FALSE(words.contains("by itself")) << words;
}

TEST_F(ProcessorTest, ShowsAWindowAtAnySize) {
    const auto session = this->session(Consent::unknown);
    LoopShareProcessor processor;
    Editor editor(processor);
    for (const auto& [width, height] : {std::pair{640, 480}, {820, 600}, {1600, 1200}}) {
        editor.setSize(width, height);
        editor.refresh();
        const auto picture = editor.createComponentSnapshot(editor.getLocalBounds(), false, 1.0F);
        EXPECT_EQ(picture.getWidth(), width);
    }
    session->setConsent(Consent::granted);
    editor.refresh();
    editor.showSettings(true);
}

}
}
