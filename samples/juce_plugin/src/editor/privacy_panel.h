#pragma once

#include <array>

#include "look_and_feel.h"
#include "panel.h"

namespace loopshare {

/// The question whether Loop Share may record, its three answers as equal buttons, and what would be sent.
class PrivacyPanel final : public Panel {
public:
    explicit PrivacyPanel(PanelContext context);

    void refresh() override;
    void resized() override;

    /// How much room it wants: more while it shows what would be sent, which can be scrolled where there is
    /// less.
    [[nodiscard]] int wantedHeight(int width) const;
    [[nodiscard]] int leastHeight(int width) const;

    /// Called when one of the answers was given, or wantedHeight() has changed.
    std::function<void()> onChange;

private:
    struct Answer {
        sidespan::Consent::State state;
        PushButton button;
    };

    [[nodiscard]] int heightWith(int sentHeight, int width) const;
    void answer(sidespan::Consent::State state);
    void togglePreview();
    [[nodiscard]] juce::String whatIsSent() const;

    Text question_;
    Paragraph explanation_{metrics::small};
    std::array<Answer, 3> answers_;
    PushButton preview_;
    juce::TextEditor sent_;
};

}
