#include "widgets.h"

#include "../juce_version.h"
#include "look_and_feel.h"

namespace loopshare {

namespace {

constexpr int titleHeight = 22;

}

Card::Card(const juce::String& title) {
    setTitle(title);
    setFocusContainerType(FocusContainerType::focusContainer);
}

void Card::paint(juce::Graphics& g) {
    const auto area = getLocalBounds().toFloat().reduced(0.5F);
    g.setColour(palette::card);
    g.fillRoundedRectangle(area, metrics::corner);
    g.setColour(palette::outline);
    g.drawRoundedRectangle(area, metrics::corner, 1);
    g.setColour(palette::dim);
    g.setFont(sansFont(metrics::title, true).withExtraKerningFactor(0.06F));
    g.drawText(getTitle().toUpperCase(), getLocalBounds().reduced(metrics::gap).withHeight(14),
               juce::Justification::centredLeft);
}

std::unique_ptr<juce::AccessibilityHandler> Card::createAccessibilityHandler() {
    return std::make_unique<juce::AccessibilityHandler>(*this, juce::AccessibilityRole::group);
}

juce::Rectangle<int> Card::content() const {
    return getLocalBounds().reduced(metrics::gap).withTrimmedTop(titleHeight);
}

Text::Text(const juce::String& text, bool isDim) : Label({}, text) {
    setFont(sansFont(isDim ? metrics::small : metrics::body));
    setBorderSize({});
    setMinimumHorizontalScale(1);
    if (isDim) setColour(textColourId, palette::dim);
}

// A label's own lines are balanced, so that all of them are short.
void Paragraph::paint(juce::Graphics& g) {
    juce::AttributedString text;
    text.append(getText(), sansFont(metrics::small), palette::dim);
    text.draw(g, getLocalBounds().toFloat());
}

PushButton::PushButton(const juce::String& label, std::function<void()> action, const juce::String& title)
    : TextButton(label) {
    onClick = std::move(action);
    setHasFocusOutline(true);
    if (title.isNotEmpty()) setTitle(title);
}

void announce(const juce::String& text) {
    using juce::AccessibilityHandler;
    AccessibilityHandler::postAnnouncement(text, AccessibilityHandler::AnnouncementPriority::medium);
}

void show(juce::Label& label, const juce::String& text) {
    label.setText(text, juce::dontSendNotification);
}

void show(juce::Button& button, const juce::String& text) {
    if (button.getButtonText() != text) button.setButtonText(text);
}

}
