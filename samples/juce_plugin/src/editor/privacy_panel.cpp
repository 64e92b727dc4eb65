#include "privacy_panel.h"

#include "../juce_version.h"
#include "look_and_feel.h"

namespace loopshare {

using sidespan::Consent;

namespace {

constexpr int height = 192;

constexpr auto explanation =
    "They tell us how long audio processing, encoding and uploads take, and what failed. Never your sound, "
    "your "
    "projects or your name. Nothing is recorded before you allow it, and you can change your mind at any "
    "time.";

juce::String formatted(const std::string& json) {
    if (json.empty()) return "Nothing is waiting to be sent.";
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
    show(explanation_, explanation);
    explanation_.setJustificationType(juce::Justification::topLeft);
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
    if (onAnswer) onAnswer();
}

void PrivacyPanel::togglePreview() {
    clicked("preview");
    sent_.setVisible(!sent_.isVisible());
    if (sent_.isVisible()) sent_.setText(formatted(session().preview()), false);
    show(preview_, sent_.isVisible() ? "Hide what would be sent" : "Show what would be sent");
    if (onResize) onResize();
}

int PrivacyPanel::wantedHeight() const noexcept {
    return sent_.isVisible() ? 2 * height : height;
}

void PrivacyPanel::refresh() {
    const auto now = session().consent();
    for (auto& [state, button] : answers_) {
        button.setToggleState(state == now && state != Consent::unknown, juce::dontSendNotification);
    }
}

void PrivacyPanel::resized() {
    auto area = content();
    question_.setBounds(area.removeFromTop(20));
    area.removeFromTop(4);
    explanation_.setBounds(area.removeFromTop(52));
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
