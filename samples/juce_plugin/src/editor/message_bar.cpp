#include "message_bar.h"

#include <algorithm>

#include "look_and_feel.h"

namespace loopshare {

namespace {

constexpr int messageButtonWidth = 84;
constexpr int traceHeight = 18;
constexpr int leastMessageHeight = 52;

}

MessageBar::MessageBar()
    : text_(metrics::body),
      copy_(
          "Copy id", [this] { juce::SystemClipboard::copyTextToClipboard(traceId_); }, "Copy the trace id"),
      dismiss_("Dismiss", [this] {
          if (onDismiss) onDismiss();
      }) {
    setTitle("What went wrong");
    text_.setColour(juce::Label::textColourId, palette::text);
    addAndMakeVisible(text_);
    addAndMakeVisible(trace_);
    addAndMakeVisible(copy_);
    addAndMakeVisible(dismiss_);
}

void MessageBar::show(const juce::String& text, const std::string& traceId) {
    if (text.isNotEmpty() && text != getDescription()) announce(text);
    traceId_ = toText(traceId);
    loopshare::show(text_, text);
    loopshare::show(trace_, traceId_.isEmpty() ? juce::String() : "Trace " + traceId_);
    copy_.setVisible(traceId_.isNotEmpty());
    setDescription(text);
    resized();
}

int MessageBar::textWidth(int width) {
    return width - 2 * metrics::gap - metrics::gap / 2 - 2 * (messageButtonWidth + metrics::gap);
}

int MessageBar::wantedHeight(int width) const {
    const int trace = traceId_.isEmpty() ? 0 : traceHeight;
    return std::max(leastMessageHeight, text_.wantedHeight(textWidth(width)) + trace + metrics::gap);
}

void MessageBar::resized() {
    auto area = getLocalBounds().reduced(metrics::gap, metrics::gap / 2);
    area.removeFromLeft(metrics::gap / 2);
    for (auto* const button : {&dismiss_, &copy_}) {
        button->setBounds(area.removeFromRight(messageButtonWidth)
                              .withSizeKeepingCentre(messageButtonWidth, metrics::control));
        area.removeFromRight(metrics::gap);
    }
    const int height = text_.wantedHeight(area.getWidth());
    area = area.withSizeKeepingCentre(area.getWidth(), height + (traceId_.isEmpty() ? 0 : traceHeight));
    text_.setBounds(area.removeFromTop(height));
    trace_.setBounds(area);
}

void MessageBar::paint(juce::Graphics& g) {
    const auto area = getLocalBounds().toFloat().reduced(0.5F);
    g.setColour(palette::bad.withAlpha(0.14F));
    g.fillRoundedRectangle(area, metrics::corner);
    g.setColour(palette::bad.withAlpha(0.7F));
    g.drawRoundedRectangle(area, metrics::corner, 1);
}

}
