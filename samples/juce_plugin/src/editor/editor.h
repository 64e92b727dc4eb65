#pragma once

#include <array>
#include <optional>

#include "capture_panel.h"
#include "feed_panel.h"
#include "health_panel.h"
#include "look_and_feel.h"
#include "message_bar.h"
#include "privacy_panel.h"
#include "service_panel.h"
#include "waterfall_panel.h"

namespace loopshare {

/// Loop Share's window: capturing and the shared loops on the left; on the right either what it is doing, or
/// its settings. It looks at what it shows some times a second; nothing calls it from another thread.
class Editor final : public juce::AudioProcessorEditor, private juce::Timer {
public:
    explicit Editor(LoopShareProcessor& loopShare);
    ~Editor() override;

    /// Looks at everything now. The window does so by itself while it is shown.
    void refresh();
    /// Shows the settings, or what the plugin is doing.
    void showSettings(bool isShown);

    void resized() override;
    void paint(juce::Graphics& g) override;
    void paintOverChildren(juce::Graphics& g) override;

private:
    void timerCallback() override { refresh(); }
    void clicked(const char* action);
    void showFailure();
    [[nodiscard]] int messageHeight() const;
    /// Whether the question is there, or what was answered.
    [[nodiscard]] bool showsPrivacy() const;
    void layOutRight(juce::Rectangle<int> area);
    [[nodiscard]] PanelContext context();

    LoopShareProcessor& loopShare_;
    LookAndFeel lookAndFeel_;
    Text title_{"Loop Share"};
    Text recording_{{}, true};
    PushButton settings_;
    CapturePanel capture_;
    FeedPanel feed_;
    WaterfallPanel waterfall_;
    HealthPanel health_;
    PrivacyPanel privacy_;
    ServicePanel service_;
    MessageBar message_;
    std::optional<Failure> addressError_;
    Failure::Clock::time_point dismissedAt_;  // what went wrong before is not shown
    OpenSpan response_;                       // from a click until the window has been painted
    juce::TooltipWindow tooltips_{this};
};

}
