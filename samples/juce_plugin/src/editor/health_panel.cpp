#include "health_panel.h"

#include <array>
#include <cmath>

#include "../juce_version.h"
#include "look_and_feel.h"

namespace loopshare {

using sidespan::ErrorCode;

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

void drawLines(juce::Graphics& g, juce::Rectangle<int> area, const juce::String& text, juce::Colour colour) {
    g.setColour(colour);
    g.setFont(sansFont(metrics::small));
    g.drawFittedText(text, area, juce::Justification::topLeft, area.getHeight() / lineHeight, 1);
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
    const auto stats = recorder.stats();
    const Shown now{rounded(processor().load().getLoadAsProportion()), processor().load().getXRunCount(),
                    recent != nullptr ? recent->load() : std::nullopt, stats, session().lastError()};
    if (now == shown_) return;
    shown_ = now;
    setDescription(describe());
    repaint();
}

juce::String HealthPanel::describe() const {
    return "Audio load " + percent(shown_.load) + ", " + overruns() + ". " +
           juce::String(shown_.stats.delivered) + " spans delivered, " +
           juce::String(shown_.stats.dropped.total()) + " dropped. " + lastError();
}

juce::String HealthPanel::lastError() const {
    if (!shown_.error) return {};
    const auto what = "Last error: " + toText(shown_.error->message);
    switch (shown_.error->code) {
        case ErrorCode::network:
        case ErrorCode::timeout:
        case ErrorCode::unavailable:
            return "Held up, and tried again by itself. " + what;
        case ErrorCode::unauthorized:
            return "Held up until somebody signs in. " + what;
        default:
            return what;
    }
}

juce::String HealthPanel::overruns() const {
    if (shown_.overruns == 0) return "No block came too late";
    return juce::String(shown_.overruns) +
           (shown_.overruns == 1 ? " block came too late" : " blocks came too late");
}

void HealthPanel::paint(juce::Graphics& g) {
    Panel::paint(g);
    auto area = content();
    auto top = area.removeFromTop(42);
    paintLoad(g, top.removeFromLeft(top.getWidth() * 3 / 10));
    top.removeFromLeft(metrics::gap * 2);
    paintDelivery(g, top);
    auto words = overruns();
    if (const auto& load = shown_.summary) {
        words << "; half took below " << percent(load->p50) << " of their time, 99% below "
              << percent(load->p99);
    }
    drawLines(g, area.removeFromTop(lineHeight), words + ".",
              shown_.overruns > 0 ? palette::bad : palette::dim);
    drawLines(g, area, lastError(), palette::accent);
}

void HealthPanel::paintLoad(juce::Graphics& g, juce::Rectangle<int> area) const {
    g.setColour(colourOf(shown_.load));
    g.setFont(sansFont(18, true));
    g.drawText(percent(shown_.load), area.removeFromTop(22), juce::Justification::centredLeft);
    const auto meter = area.withSizeKeepingCentre(area.getWidth(), 8).toFloat();
    g.setColour(palette::field);
    g.fillRoundedRectangle(meter, 3);
    g.setColour(colourOf(shown_.load));
    g.fillRoundedRectangle(
        meter.withWidth(meter.getWidth() * static_cast<float>(juce::jlimit(0.0, 1.0, shown_.load))), 3);
    g.setColour(palette::dim);
    g.fillRect(meter.withWidth(1).withX(meter.getX() + meter.getWidth() * static_cast<float>(highLoad)));
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
    const int width = area.getWidth() / static_cast<int>(items.size());
    for (const auto& item : items) {
        drawNumber(g, area.removeFromLeft(width), item.number, item.name, item.colour);
    }
}

}
