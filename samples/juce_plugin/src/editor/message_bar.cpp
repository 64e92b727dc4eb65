#include "message_bar.h"

#include "look_and_feel.h"

namespace loopshare {

MessageBar::MessageBar()
    : copy_(
          "Copy id", [this] { juce::SystemClipboard::copyTextToClipboard(traceId_); }, "Copy the trace id"),
      dismiss_("Dismiss", [this] {
          if (onDismiss) onDismiss();
      }) {
    setTitle("What went wrong");
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
}

void MessageBar::resized() {
    auto area = getLocalBounds().reduced(metrics::gap, metrics::gap / 2);
    area.removeFromLeft(metrics::gap / 2);
    for (auto* const button : {&dismiss_, &copy_}) {
        button->setBounds(area.removeFromRight(84).withSizeKeepingCentre(84, metrics::control));
        area.removeFromRight(metrics::gap);
    }
    const int half = area.getHeight() / 2;
    text_.setBounds(traceId_.isEmpty() ? area : area.removeFromTop(half));
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
