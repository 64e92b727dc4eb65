#include "editor/editor.h"

#include <gmock/gmock.h>

#include "parameters.h"
#include "processor_fixture.h"

namespace loopshare::testing {
namespace {

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

class EditorTest : public ProcessorTest {};

TEST_F(EditorTest, MayBeShownAndHiddenWhileItShares) {
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
        while (dispatchNextMessage()) {
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

TEST_F(EditorTest, ShowsWhatWentWrongLastUntilItIsDismissed) {
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

TEST_F(EditorTest, OffersNoShareBeforeAnythingIsCaptured) {
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

TEST_F(EditorTest, ShowsHowMuchOfTheCapturedSoundWouldBeShared) {
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

TEST_F(EditorTest, CallsAnOperationThatIsNotOverByNoPartOfIt) {
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

TEST_F(EditorTest, DescribesAllThatItsHealthPanelShows) {
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

TEST_F(EditorTest, BlamesNoConnectionForAnAnswerThatMakesNoSense) {
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

TEST_F(EditorTest, ShowsTheAddressThatWasChosenInAnotherWindow) {
    const auto session = this->session();
    LoopShareProcessor processor;
    Editor editor(processor);
    ASSERT_TRUE(session->setEndpoint("https://loops.example.com"));
    editor.refresh();
    EXPECT_EQ(find<juce::TextEditor>(*find<ServicePanel>(editor))->getText(), "https://loops.example.com");
}

TEST_F(EditorTest, AsksInNoWindowWhatWasAnsweredInAnother) {
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

TEST_F(EditorTest, ShowsAnExampleOfWhatWouldBeSent) {
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
    const auto example = juce::JSON::parse(text.fromFirstOccurrenceOf("{", true, false));
    EXPECT_EQ(keysOf(example), keysOf(real));
    EXPECT_EQ(keysOf(example["spans"][0]), keysOf(real["spans"][0]));
    EXPECT_THAT(keysOf(example["resource"]), ::testing::IsSupersetOf(keysOf(real["resource"])));
    EXPECT_THAT(keysOf(real["resource"]), ::testing::Contains("daw.name"));
}

TEST_F(EditorTest, KeepsTheButtonThatPlaysALoopWhenItIsPressed) {
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

TEST_F(EditorTest, ShowsTheLastErrorOfDelivery) {
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

TEST_F(EditorTest, ShowsAWindowAtAnySize) {
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
