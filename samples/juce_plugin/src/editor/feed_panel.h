#pragma once

#include "panel.h"

namespace loopshare {

/// The loops that others shared, each with a button that plays it.
class FeedPanel final : public Panel, private juce::ListBoxModel {
public:
    explicit FeedPanel(PanelContext context);
    ~FeedPanel() override;

    void refresh() override;
    void resized() override;

private:
    class Row;

    int getNumRows() override { return static_cast<int>(feed_.loops.size()); }
    void paintListBoxItem(int, juce::Graphics&, int, int, bool) override {}
    juce::Component* refreshComponentForRow(int row, bool isSelected, juce::Component* existing) override;
    juce::String getNameForRow(int row) override;
    void returnKeyPressed(int row) override { play(row); }

    void reload();
    void play(int row);
    void showList();
    [[nodiscard]] juce::String describe(const Feed::Status& feed) const;

    Feed::Status feed_;
    juce::String playing_;  // the id of what is loading or playing
    PushButton reload_;
    Text state_{{}, true};
    juce::ListBox list_;
};

}
