#include "health_panel.h"

#include <array>
#include <cmath>

#include "../juce_version.h"
#include "look_and_feel.h"

namespace loopshare {

namespace {

constexpr int lineHeight = 18;
constexpr double highLoad = 0.8;

juce::String percent(double share) {
    return juce::String(share * 100, share < 0.1 ? 1 : 0) + "%";
}

// A load is drawn in steps that can be seen.
double rounded(double load) {
    return std::round(load * 200) / 200;
}

juce::Colour colourOf(double load) {
    if (load >= 1) return palette::bad;
    return load >= highLoad ? palette::accent : palette::good;
}

void drawLine(juce::Graphics& g, juce::Rectangle<int>& area, const juce::String& text, juce::Colour colour) {
    g.setColour(colour);
    g.setFont(sansFont(metrics::small));
    g.drawFittedText(text, area.removeFromTop(lineHeight), juce::Justification::centredLeft, 1, 1);
}

void drawNumber(juce::Graphics& g, juce::Rectangle<int> area, std::uint64_t number, const juce::String& name,
                juce::Colour colour) {
    g.setColour(colour);
    g.setFont(sansFont(18, true));
    g.drawText(juce::String(number), area.removeFromTop(22), juce::Justification::centredLeft);
    g.setColour(palette::dim);
    g.setFont(sansFont(metrics::small));
    g.drawText(name, area.removeFromTop(lineHeight), juce::Justification::centredLeft);
}

}

HealthPanel::HealthPanel(PanelContext context) : Panel("Load and delivery", std::move(context)) {
    refresh();
}

void HealthPanel::refresh() {
    auto& recorder = session().recorder();
    const auto* recent = recentTraces(recorder);
    const Shown now{rounded(processor().load().getLoadAsProportion()), processor().load().getXRunCount(),
                    recent != nullptr ? recent->load() : std::nullopt, recorder.stats(),
                    session().lastError().has_value()};
    if (now == shown_) return;
    shown_ = now;
    setDescription(describe());
    repaint();
}

juce::String HealthPanel::describe() const {
    return "Audio load " + percent(shown_.load) + ", " + juce::String(shown_.overruns) + " overruns. " +
           juce::String(shown_.stats.delivered) + " spans delivered, " +
           juce::String(shown_.stats.dropped.total()) + " dropped.";
}

void HealthPanel::paint(juce::Graphics& g) {
    Panel::paint(g);
    auto area = content();
    paintLoad(g, area.removeFromLeft(area.getWidth() * 2 / 5 - metrics::gap));
    area.removeFromLeft(metrics::gap * 2);
    paintDelivery(g, area);
}

void HealthPanel::paintLoad(juce::Graphics& g, juce::Rectangle<int> area) const {
    auto top = area.removeFromTop(22);
    g.setColour(colourOf(shown_.load));
    g.setFont(sansFont(18, true));
    g.drawText(percent(shown_.load), top, juce::Justification::centredLeft);
    g.setColour(shown_.overruns > 0 ? palette::bad : palette::dim);
    g.setFont(sansFont(metrics::small));
    g.drawText(juce::String(shown_.overruns) + (shown_.overruns == 1 ? " overrun" : " overruns"), top,
               juce::Justification::centredRight);
    area.removeFromTop(4);
    const auto meter = area.removeFromTop(8).toFloat();
    g.setColour(palette::field);
    g.fillRoundedRectangle(meter, 3);
    g.setColour(colourOf(shown_.load));
    g.fillRoundedRectangle(
        meter.withWidth(meter.getWidth() * static_cast<float>(juce::jlimit(0.0, 1.0, shown_.load))), 3);
    g.setColour(palette::dim);
    g.fillRect(meter.withWidth(1).withX(meter.getX() + meter.getWidth() * static_cast<float>(highLoad)));
    area.removeFromTop(4);
    if (!shown_.summary) return drawLine(g, area, "Share of each block's time", palette::dim);
    drawLine(g, area,
             "Half below " + percent(shown_.summary->p50) + ", 99% below " + percent(shown_.summary->p99) +
                 ", peak " + percent(shown_.summary->max),
             palette::dim);
}

void HealthPanel::paintDelivery(juce::Graphics& g, juce::Rectangle<int> area) const {
    const auto& stats = shown_.stats;
    const auto dropped = stats.dropped.total();
    struct Item {
        std::uint64_t number;
        const char* name;
        juce::Colour colour;
    };
    const std::array<Item, 4> items{{{stats.queued, "queued", palette::text},
                                     {stats.onDisk, "on disk", palette::text},
                                     {stats.delivered, "delivered", palette::text},
                                     {dropped, "dropped", dropped > 0 ? palette::bad : palette::text}}};
    auto row = area.removeFromTop(40);
    const int width = row.getWidth() / static_cast<int>(items.size());
    for (const auto& item : items)
        drawNumber(g, row.removeFromLeft(width), item.number, item.name, item.colour);
    if (shown_.hasFailed) drawLine(g, area, "Delivery is held up; it goes on by itself.", palette::accent);
}

}
