#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

#include "../loop_buffer.h"
#include "../loop_peaks.h"
#include "../parameters.h"

namespace loopshare {

/// The sound that was captured last, newest on the right, with the part marked that would be shared.
class WaveformView final : public juce::Component {
public:
    WaveformView();

    /// Looks at what has been captured since; the last `sharedSeconds` of it would be shared.
    void refresh(const LoopBuffer& loop, double sharedSeconds);

    void paint(juce::Graphics& g) override;
    std::unique_ptr<juce::AccessibilityHandler> createAccessibilityHandler() override;

private:
    [[nodiscard]] double secondsBeforeNow(int x) const;
    [[nodiscard]] float levelAt(double secondsBeforeNow) const;

    LoopPeaks peaks_{parameters::maxLoopSeconds};
    double heldSeconds_ = 0;
    double sharedSeconds_ = 0;
};

}
