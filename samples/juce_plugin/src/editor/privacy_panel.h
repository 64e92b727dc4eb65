#pragma once

#include <array>

#include "panel.h"

namespace loopshare {

/// The question whether Loop Share may record, its three answers as equal buttons, and what would be sent.
class PrivacyPanel final : public Panel {
public:
    explicit PrivacyPanel(PanelContext context);

    void refresh() override;
    void resized() override;

    /// How much room it wants: more while it shows what would be sent.
    [[nodiscard]] int wantedHeight() const noexcept;

    /// Called when one of the answers was given.
    std::function<void()> onAnswer;
    /// Called when wantedHeight() has changed.
    std::function<void()> onResize;

private:
    struct Answer {
        sidespan::Consent::State state;
        PushButton button;
    };

    void answer(sidespan::Consent::State state);
    void togglePreview();

    Text question_;
    Text explanation_{{}, true};
    std::array<Answer, 3> answers_;
    PushButton preview_;
    juce::TextEditor sent_;
};

}
