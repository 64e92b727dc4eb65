#include "privacy_panel.h"

#include "../juce_version.h"
#include "look_and_feel.h"

namespace loopshare {

using sidespan::Consent;

namespace {

constexpr int questionHeight = 20;
constexpr int wantedSentHeight = 200;
constexpr int leastSentHeight = 80;
constexpr int spaces =
    4 + 3 * (metrics::gap / 2);  // between the question, its explanation, and two rows of buttons

constexpr auto explanation =
    "They tell us how long audio processing, encoding and uploads take, and what failed. Never your sound or "
    "your projects. While you are signed in, the service stores them with your account. Nothing is recorded "
    "before you allow it, and you can change your mind at any time.";

// A batch of one span, as the sink sends it.
constexpr auto example =
    R"({"clientType":"plugin","clientVersion":"1.2.0","serviceName":"LoopShare","resource":{)"
    R"("service.name":"LoopShare","service.version":"1.2.0",)"
    R"("service.instance.id":"0f2c9d55-7d2b-4f4e-9a57-3b1f0e6c8d21","telemetry.sdk.name":"sidespan",)"
    R"("telemetry.sdk.language":"cpp","telemetry.sdk.version":"0.1.0","os.type":"linux",)"
    R"("os.version":"6.1.0","host.arch":"amd64","daw.name":"Ardour","plugin.format":"VST3",)"
    R"("sidespan.client.type":"plugin"},"spans":[{"traceId":"a46416c5-212b-4edc-8ff5-a6c2410dda04","spanId":"d10315b4881a3f5f",)"
    R"("parentSpanId":"6b1f0c2d9e8a7734","name":"audio.encode","startTimeMs":1795614672128,)"
    R"("endTimeMs":1795614672170,"startTimeUnixNano":"1795614672128051509",)"
    R"("endTimeUnixNano":"1795614672170060483","durationMs":42,"status":"ok","kind":"internal",)"
    R"("attributes":{"codec":"flac","audio.sample_rate":48000.0},"statusMessage":"",)"
    R"("events":[{"timestamp":1795614672128,"timeUnixNano":"1795614672128053122",)"
    R"("name":"encoding_started"}],"clientType":"plugin","clientVersion":"1.2.0","serviceName":"LoopShare"}]})";

juce::String formatted(std::string_view json) {
    return juce::JSON::toString(juce::JSON::parse(toText(json)));
}

}

PrivacyPanel::PrivacyPanel(PanelContext context)
    : Panel("Privacy", std::move(context)),
      question_("May Loop Share send measurements?"),
      answers_{{{Consent::granted, PushButton("Allow", [this] { answer(Consent::granted); })},
                {Consent::unknown, PushButton("Not now", [this] { answer(Consent::unknown); })},
                {Consent::denied, PushButton("Don't allow", [this] { answer(Consent::denied); })}}},
      preview_("Show what would be sent", [this] { togglePreview(); }) {
    question_.setFont(sansFont(metrics::body, true));
    explanation_.setText(explanation, juce::dontSendNotification);
    sent_.setMultiLine(true);
    sent_.setReadOnly(true);
    sent_.setFont(monospacedFont(metrics::small));
    sent_.setTitle("What would be sent");
    addAndMakeVisible(question_);
    addAndMakeVisible(explanation_);
    for (auto& [state, button] : answers_) addAndMakeVisible(button);
    addAndMakeVisible(preview_);
    addChildComponent(sent_);
    refresh();
}

void PrivacyPanel::answer(Consent::State state) {
    clicked("consent");
    session().setConsent(state);
    refresh();
    if (onChange) onChange();
}

void PrivacyPanel::togglePreview() {
    clicked("preview");
    sent_.setVisible(!sent_.isVisible());
    if (sent_.isVisible()) sent_.setText(whatIsSent(), false);
    show(preview_, sent_.isVisible() ? "Hide what would be sent" : "Show what would be sent");
    if (onChange) onChange();
}

juce::String PrivacyPanel::whatIsSent() const {
    if (const auto next = session().preview(); !next.empty()) return formatted(next);
    const auto nothing = session().consent() == Consent::granted
                             ? "Nothing is waiting to be sent. An example of what is:\n"
                             : "Nothing is recorded. An example of what would be sent:\n";
    return nothing + formatted(example);
}

int PrivacyPanel::wantedHeight(int width) const {
    return heightWith(wantedSentHeight, width);
}

int PrivacyPanel::leastHeight(int width) const {
    return heightWith(leastSentHeight, width);
}

int PrivacyPanel::heightWith(int sentHeight, int width) const {
    const int text = questionHeight + explanation_.wantedHeight(contentWidth(width));
    return frameHeight() + text + spaces + 2 * metrics::control + (sent_.isVisible() ? sentHeight : 0);
}

void PrivacyPanel::refresh() {
    const auto now = session().consent();
    const bool isAnswered = !session().isConsentDue();
    for (auto& [state, button] : answers_) {
        button.setToggleState(state == now && isAnswered, juce::dontSendNotification);
    }
}

void PrivacyPanel::resized() {
    auto area = content();
    question_.setBounds(area.removeFromTop(questionHeight));
    area.removeFromTop(4);
    explanation_.setBounds(area.removeFromTop(explanation_.wantedHeight(area.getWidth())));
    area.removeFromTop(metrics::gap / 2);
    auto row = area.removeFromTop(metrics::control);
    const int width = (row.getWidth() - 2 * metrics::gap) / 3;
    for (auto& [state, button] : answers_) {
        button.setBounds(row.removeFromLeft(width));
        row.removeFromLeft(metrics::gap);
    }
    area.removeFromTop(metrics::gap / 2);
    preview_.setBounds(area.removeFromTop(metrics::control));
    area.removeFromTop(metrics::gap / 2);
    sent_.setBounds(area);
}

}
