#pragma once

#include "panel.h"

namespace loopshare {

/// What went wrong last, in words, with the trace id for whoever is asked for help.
class MessageBar final : public juce::Component {
public:
    MessageBar();

    /// Tells screen readers of it, when it is another one. An empty text is for while nothing is wrong.
    void show(const juce::String& text, const std::string& traceId);

    /// The height that what it says takes.
    [[nodiscard]] int wantedHeight(int width) const;

    /// Called when the user has read it.
    std::function<void()> onDismiss;

    void resized() override;
    void paint(juce::Graphics& g) override;

private:
    [[nodiscard]] static int textWidth(int width);

    Paragraph text_;
    Text trace_{{}, true};
    PushButton copy_;
    PushButton dismiss_;
    juce::String traceId_;
};

}
