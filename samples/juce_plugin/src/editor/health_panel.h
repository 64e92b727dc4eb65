#pragma once

#include <array>
#include <optional>

#include "look_and_feel.h"
#include "panel.h"

namespace loopshare {

/// How the plugin is doing: the load of its audio blocks with those that came too late, and what became of
/// the spans it recorded.
class HealthPanel final : public Panel {
public:
    explicit HealthPanel(PanelContext context);

    /// How much room it wants: more while something holds delivery up.
    [[nodiscard]] int wantedHeight(int width) const;

    void refresh() override;
    void resized() override;
    void paint(juce::Graphics& g) override;

    /// Called when wantedHeight() may have changed.
    std::function<void()> onChange;

private:
    struct Shown {
        double load = 0;
        int overruns = 0;
        std::optional<LoadSummary> summary;
        sidespan::Stats stats;
        std::optional<sidespan::Error> error;

        friend bool operator==(const Shown&, const Shown&) = default;
    };

    /// A count of spans, and what became of them.
    struct Count {
        explicit Count(const juce::String& text);

        Text number;
        Text name;
    };

    [[nodiscard]] std::array<std::uint64_t, 4> numbers() const;
    [[nodiscard]] juce::String describe() const;
    [[nodiscard]] juce::String blocks() const;
    [[nodiscard]] juce::String lastError() const;

    Shown shown_;
    Text load_;
    std::array<Count, 4> counts_{Count("queued"), Count("on disk"), Count("delivered"), Count("dropped")};
    Paragraph blocks_{metrics::small};
    Paragraph error_{metrics::small};
    juce::Rectangle<int> meter_;
    int wanted_ = 0;  // the height, as it was last
};

}
