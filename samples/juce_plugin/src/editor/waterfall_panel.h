#pragma once

#include <vector>

#include "panel.h"

namespace loopshare {

/// The most recent traces, newest first: each a row with its name, its length and what became of it, and
/// below it one bar for each of the spans within.
class WaterfallPanel final : public Panel {
public:
    explicit WaterfallPanel(PanelContext context);
    ~WaterfallPanel() override;

    void refresh() override;
    void resized() override;

private:
    class Chart;

    void layOutChart();

    std::uint64_t version_ = 0;
    const Session* shown_ = nullptr;
    std::unique_ptr<Chart> chart_;
    juce::Viewport viewport_;
    Text empty_{{}, true};
};

}
