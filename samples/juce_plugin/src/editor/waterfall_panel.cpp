#include "waterfall_panel.h"

#include <algorithm>
#include <cmath>

#include "../juce_version.h"
#include "look_and_feel.h"

namespace loopshare {

namespace {

constexpr int headHeight = 24;
constexpr int barHeight = 18;
constexpr int traceGap = 10;
constexpr int timeWidth = 66;

juce::String duration(double milliseconds) {
    if (milliseconds < 1e-3) return toText("< 1 µs");
    if (milliseconds < 1) return juce::String(juce::roundToInt(milliseconds * 1000)) + toText(" µs");
    if (milliseconds < 1000) return juce::String(milliseconds, 1) + " ms";
    return juce::String(milliseconds / 1000, 2) + " s";
}

double millisecondsOf(const RecentSpan& span) {
    return static_cast<double>(span.endNanos - span.startNanos) / 1e6;
}

juce::Colour colourOf(const RecentSpan& span) {
    if (isFailure(span.status)) return palette::of(span.status);
    return span.name.starts_with("network.") ? palette::network : palette::plugin;
}

// The operation itself ends last.
juce::String nameOf(const RecentTrace& trace) {
    const auto* root = trace.root();
    return root != nullptr ? toText(root->name) : juce::String("In progress");
}

juce::String statusOf(const RecentTrace& trace) {
    const auto* root = trace.root();
    return root != nullptr ? toText(toString(root->status)) : juce::String("not over");
}

juce::Colour colourOf(const RecentTrace& trace) {
    const auto* root = trace.root();
    return root != nullptr ? palette::of(root->status) : palette::accent;
}

// As wide as the longest name in it.
int nameWidthOf(const std::vector<RecentTrace>& traces) {
    float width = 0;
    for (const auto& trace : traces) {
        for (const auto& span : trace.spans) {
            width = std::max(width, widthOf(toText(span.name), sansFont(metrics::small)));
        }
    }
    return static_cast<int>(std::ceil(width)) + metrics::gap / 2;
}

}

/// The traces, one below the other: each a line that is its root, and a bar for each of the others.
class WaterfallPanel::Chart final : public juce::Component {
public:
    Chart() { setTitle("Recent traces"); }

    void show(std::vector<RecentTrace> traces) {
        for (auto& trace : traces) std::ranges::sort(trace.spans, {}, &RecentSpan::startNanos);
        traces_ = std::move(traces);
        nameWidth_ = nameWidthOf(traces_);
        int height = 0;
        for (const auto& trace : traces_) height += heightOf(trace);
        setSize(getWidth(), height);
        setDescription(traces_.empty() ? juce::String() : describe(traces_.front()));
        repaint();
    }

    [[nodiscard]] bool isEmpty() const noexcept { return traces_.empty(); }

    std::unique_ptr<juce::AccessibilityHandler> createAccessibilityHandler() override {
        return std::make_unique<juce::AccessibilityHandler>(*this, juce::AccessibilityRole::image);
    }

    void paint(juce::Graphics& g) override {
        auto area = getLocalBounds();
        for (const auto& trace : traces_) {
            const auto place = area.removeFromTop(heightOf(trace));
            if (g.getClipBounds().intersects(place)) paint(g, trace, place.withTrimmedBottom(traceGap));
        }
    }

private:
    [[nodiscard]] static int heightOf(const RecentTrace& trace) {
        const int bars = static_cast<int>(trace.spans.size()) - (trace.root() != nullptr ? 1 : 0);
        return headHeight + bars * barHeight + traceGap;
    }

    [[nodiscard]] static juce::String describe(const RecentTrace& trace) {
        return nameOf(trace) + ", " + duration(trace.milliseconds()) + ", " + statusOf(trace);
    }

    void paint(juce::Graphics& g, const RecentTrace& trace, juce::Rectangle<int> area) const {
        paintHead(g, trace, area.removeFromTop(headHeight));
        const auto begin = std::ranges::min(trace.spans, {}, &RecentSpan::startNanos).startNanos;
        for (const auto& span : trace.spans) {
            if (&span == trace.root()) continue;
            paintBar(g, span, area.removeFromTop(barHeight), begin, std::max(trace.milliseconds(), 1e-3));
        }
    }

    static void paintHead(juce::Graphics& g, const RecentTrace& trace, juce::Rectangle<int> area) {
        g.setColour(colourOf(trace));
        g.fillEllipse(area.removeFromLeft(14).withSizeKeepingCentre(7, 7).withX(area.getX() - 14).toFloat());
        g.setColour(palette::text);
        g.setFont(sansFont(metrics::body, true));
        g.drawText(nameOf(trace), area, juce::Justification::centredLeft);
        g.setColour(palette::dim);
        g.setFont(sansFont(metrics::small));
        g.drawText(duration(trace.milliseconds()), area, juce::Justification::centredRight);
    }

    void paintBar(juce::Graphics& g, const RecentSpan& span, juce::Rectangle<int> area, std::uint64_t begin,
                  double total) const {
        area.removeFromLeft(14);
        g.setColour(palette::dim);
        g.setFont(sansFont(metrics::small));
        g.drawText(toText(span.name), area.removeFromLeft(std::min(nameWidth_, area.getWidth() / 2)),
                   juce::Justification::centredLeft);
        g.drawText(duration(millisecondsOf(span)), area.removeFromRight(timeWidth),
                   juce::Justification::centredRight);
        const auto lane = area.reduced(4, 0).withSizeKeepingCentre(area.getWidth() - 8, 8).toFloat();
        g.setColour(palette::field);
        g.fillRoundedRectangle(lane, 2);
        const auto start = static_cast<float>(static_cast<double>(span.startNanos - begin) / 1e6 / total);
        const auto length = static_cast<float>(millisecondsOf(span) / total);
        const auto width = std::max(2.0F, lane.getWidth() * length);  // however short, it can be seen
        const auto x = std::min(lane.getX() + lane.getWidth() * start, lane.getRight() - width);
        const juce::Rectangle<float> bar(x, lane.getY(), width, lane.getHeight());
        g.setColour(colourOf(span));
        g.fillRoundedRectangle(bar, 2);
    }

    std::vector<RecentTrace> traces_;
    int nameWidth_ = 0;
};

WaterfallPanel::WaterfallPanel(PanelContext context)
    : Panel("Recent activity", std::move(context)), chart_(std::make_unique<Chart>()) {
    viewport_.setViewedComponent(chart_.get(), false);
    viewport_.setScrollBarsShown(true, false);
    addAndMakeVisible(viewport_);
    addAndMakeVisible(empty_);
    empty_.setJustificationType(juce::Justification::centred);
    refresh();
}

WaterfallPanel::~WaterfallPanel() = default;

void WaterfallPanel::refresh() {
    const auto* recent = recentTraces(session().recorder());
    const bool isOther = std::exchange(shown_, &session()) != &session();
    if (recent != nullptr && (std::exchange(version_, recent->version()) != recent->version() || isOther)) {
        auto traces = recent->operations();
        if (auto block = recent->lastBlock()) traces.push_back(*std::move(block));
        chart_->show(std::move(traces));
        layOutChart();
    }
    show(empty_, !isTraced ? "This build records nothing."
                 : session().consent() != sidespan::Consent::granted
                     ? "Nothing is recorded unless you allow it."
                     : "Nothing has been recorded yet.");
    empty_.setVisible(chart_->isEmpty());
}

// Beside the scroll bar, when there is one.
void WaterfallPanel::layOutChart() {
    const bool isScrolled = chart_->getHeight() > viewport_.getHeight();
    const int bar = isScrolled ? viewport_.getScrollBarThickness() + metrics::gap / 2 : 0;
    chart_->setSize(viewport_.getWidth() - bar, chart_->getHeight());
}

void WaterfallPanel::resized() {
    viewport_.setBounds(content());
    layOutChart();
    empty_.setBounds(content().removeFromTop(metrics::control * 2));
}

}
