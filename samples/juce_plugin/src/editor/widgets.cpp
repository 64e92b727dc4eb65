#include "widgets.h"

#include <algorithm>
#include <cmath>

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

int Card::contentWidth(int width) {
    return std::max(1, width - 2 * metrics::gap);
}

int Card::frameHeight() {
    return 2 * metrics::gap + titleHeight;
}

Text::Text(const juce::String& text, bool isDim) : Label({}, text) {
    setFont(sansFont(isDim ? metrics::small : metrics::body));
    setBorderSize({});
    setMinimumHorizontalScale(1);
    if (isDim) setColour(textColourId, palette::dim);
}

bool Text::fits() const {
    return widthOf(getText(), getFont()) <= static_cast<float>(getWidth());
}

// A label's own text may break within a word.
void Text::paint(juce::Graphics& g) {
    g.setColour(findColour(textColourId).withMultipliedAlpha(isEnabled() ? 1.0F : 0.5F));
    g.setFont(getFont());
    g.drawText(getText(), getLocalBounds(), getJustificationType(), true);
}

Paragraph::Paragraph(float fontHeight) {
    setFont(sansFont(fontHeight));
    setColour(textColourId, palette::dim);
}

juce::TextLayout Paragraph::layOut(const juce::String& text, int width) const {
    juce::AttributedString attributed;
    attributed.append(text, getFont(), findColour(textColourId));
    juce::TextLayout layout;
    layout.createLayout(attributed, static_cast<float>(width));
    return layout;
}

int Paragraph::wantedHeight(int width) const {
    if (getText().isEmpty()) return 0;
    return static_cast<int>(std::ceil(layOut(getText(), width).getHeight()));
}

juce::String Paragraph::whatFits() const {
    const auto text = getText();
    if (fits()) return text;
    int most = 0;  // characters for which there is room
    for (int tooMany = text.length(); tooMany - most > 1;) {
        const int length = (most + tooMany) / 2;
        const bool isFitting = layOut(text.substring(0, length) + "...", getWidth()).getHeight() <=
                               static_cast<float>(getHeight());
        (isFitting ? most : tooMany) = length;
    }
    return text.substring(0, most).trimEnd() + "...";
}

// A label's own lines are balanced, so that all of them are short.
void Paragraph::paint(juce::Graphics& g) {
    layOut(whatFits(), getWidth()).draw(g, getLocalBounds().toFloat());
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
