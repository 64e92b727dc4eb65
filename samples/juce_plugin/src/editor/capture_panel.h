#pragma once

#include "panel.h"
#include "waveform_view.h"

namespace loopshare {

/// Input gain, loop length, what was captured, and the button that shares it; with how far the share is.
class CapturePanel final : public Panel {
public:
    explicit CapturePanel(PanelContext context);

    void refresh() override;
    void resized() override;
    void paint(juce::Graphics& g) override;

private:
    using Attachment = juce::AudioProcessorValueTreeState::SliderAttachment;

    // One labelled slider.
    struct Row {
        Row(CapturePanel& panel, const juce::String& name, const juce::String& id,
            const juce::String& suffix);
        void layOut(juce::Rectangle<int> area);

        Text label;
        juce::Slider slider{juce::Slider::LinearHorizontal, juce::Slider::TextBoxRight};
        Attachment attachment;
    };

    [[nodiscard]] double secondsToShare() const;
    void press();
    [[nodiscard]] static juce::Range<double> progressOf(const Share::Status& status);
    [[nodiscard]] juce::String describe(const Share::Status& status) const;

    Row gain_;
    Row length_;
    WaveformView waveform_;
    PushButton share_;
    PushButton cancel_;
    Text state_{{}, true};
    juce::Rectangle<int> bar_;
    juce::Range<double> progress_;  // what is lit of the bar, 0 to 1
    Share::Stage stage_ = Share::Stage::idle;
};

}
