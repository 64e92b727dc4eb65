#pragma once

#include <optional>

#include "panel.h"

namespace loopshare {

/// How the plugin is doing: the load of its audio blocks with those that came too late, and what became of
/// the spans it recorded.
class HealthPanel final : public Panel {
public:
    explicit HealthPanel(PanelContext context);

    void refresh() override;
    void paint(juce::Graphics& g) override;

private:
    struct Shown {
        double load = 0;
        int overruns = 0;
        std::optional<LoadSummary> summary;
        sidespan::Stats stats;
        std::optional<sidespan::Error> error;

        friend bool operator==(const Shown&, const Shown&) = default;
    };

    void paintLoad(juce::Graphics& g, juce::Rectangle<int> area) const;
    void paintDelivery(juce::Graphics& g, juce::Rectangle<int> area) const;
    [[nodiscard]] juce::String describe() const;
    [[nodiscard]] juce::String overruns() const;
    [[nodiscard]] juce::String lastError() const;

    Shown shown_;
};

}
