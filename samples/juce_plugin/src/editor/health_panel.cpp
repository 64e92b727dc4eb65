#include "health_panel.h"

#include <cmath>
#include <utility>

#include "../juce_version.h"
#include "look_and_feel.h"

namespace loopshare {

using sidespan::ErrorCode;

namespace {

constexpr float numberHeight = 18;
constexpr int firstLineHeight = 22;
constexpr int countsHeight = 40;
constexpr double highLoad = 0.8;

juce::String percent(double share) {
    return juce::String(share * 100, share < 0.1 ? 1 : 0) + "%";
}

// As long as there is room for.
juce::String brief(std::uint64_t number) {
    if (number < 100'000) return juce::String(number);
    return number < 10'000'000 ? juce::String(number / 1000) + "k" : juce::String(number / 1'000'000) + "M";
}

// A load is drawn in steps that can be seen.
double rounded(double load) {
    return std::round(load * 200) / 200;
}

juce::Colour colourOf(double load) {
    if (load >= 1) return palette::bad;
    return load >= highLoad ? palette::accent : palette::good;
}

}

HealthPanel::Count::Count(const juce::String& text) : name(text, true) {
    number.setFont(sansFont(numberHeight, true));
}

HealthPanel::HealthPanel(PanelContext context) : Panel("Load and delivery", std::move(context)) {
    load_.setFont(sansFont(numberHeight, true));
    error_.setColour(juce::Label::textColourId, palette::accent);
    addAndMakeVisible(load_);
    for (auto& count : counts_) {
        addAndMakeVisible(count.number);
        addAndMakeVisible(count.name);
    }
    addAndMakeVisible(blocks_);
    addAndMakeVisible(error_);
    refresh();
}

void HealthPanel::refresh() {
    auto& recorder = session().recorder();
    const auto* recent = recentTraces(recorder);
    const Shown now{rounded(processor().load().getLoadAsProportion()), processor().load().getXRunCount(),
                    recent != nullptr ? recent->load() : std::nullopt, recorder.stats(),
                    session().lastError()};
    if (now == shown_ && load_.getText().isNotEmpty()) return;
    shown_ = now;
    show(load_, percent(now.load));
    load_.setColour(juce::Label::textColourId, colourOf(now.load));
    const auto numbers = this->numbers();
    for (std::size_t i = 0; i < counts_.size(); ++i) show(counts_[i].number, brief(numbers[i]));
    counts_.back().number.setColour(juce::Label::textColourId,
                                    numbers.back() > 0 ? palette::bad : palette::text);
    show(blocks_, blocks());
    blocks_.setColour(juce::Label::textColourId, now.overruns > 0 ? palette::bad : palette::dim);
    show(error_, lastError());
    setDescription(describe());
    const int wanted = wantedHeight(getWidth());
    if (std::exchange(wanted_, wanted) != wanted && onChange) onChange();
    repaint();
}

juce::String HealthPanel::describe() const {
    auto text = "Audio load " + load_.getText() + ". " + blocks();
    const auto numbers = this->numbers();
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        text << (i == 0 ? " Spans: " : ", ") << juce::String(numbers[i]) << " " << counts_[i].name.getText();
    }
    return (text + ". " + lastError()).trimEnd();
}

std::array<std::uint64_t, 4> HealthPanel::numbers() const {
    const auto& stats = shown_.stats;
    return {stats.queued, stats.onDisk, stats.delivered, stats.dropped.total()};
}

juce::String HealthPanel::blocks() const {
    auto text = shown_.overruns == 0   ? juce::String("No block came too late")
                : shown_.overruns == 1 ? juce::String("1 block came too late")
                                       : juce::String(shown_.overruns) + " blocks came too late";
    if (const auto& load = shown_.summary) {
        text << "; half took below " << percent(load->p50) << " of their time, 99% below "
             << percent(load->p99);
    }
    return text + ".";
}

juce::String HealthPanel::lastError() const {
    if (!shown_.error) return {};
    const auto what = "Last error: " + toText(shown_.error->message);
    switch (shown_.error->code) {
        case ErrorCode::network:
        case ErrorCode::badAnswer:
        case ErrorCode::timeout:
        case ErrorCode::unavailable:
            return "Held up, and tried again by itself. " + what;
        case ErrorCode::unauthorized:
            return "Held up until somebody signs in. " + what;
        default:
            return what;
    }
}

int HealthPanel::wantedHeight(int width) const {
    const int words = blocks_.wantedHeight(contentWidth(width)) + error_.wantedHeight(contentWidth(width));
    return frameHeight() + countsHeight + metrics::gap / 2 + words + metrics::gap / 3;
}

void HealthPanel::resized() {
    auto area = content();
    auto top = area.removeFromTop(countsHeight);
    auto left = top.removeFromLeft(top.getWidth() * 3 / 10);
    load_.setBounds(left.removeFromTop(firstLineHeight));
    meter_ = left.withSizeKeepingCentre(left.getWidth(), 8);
    top.removeFromLeft(metrics::gap * 2);
    const int width = top.getWidth() / static_cast<int>(counts_.size());
    for (auto& count : counts_) {
        auto place = top.removeFromLeft(width);
        count.number.setBounds(place.removeFromTop(firstLineHeight));
        count.name.setBounds(place);
    }
    area.removeFromTop(metrics::gap / 2);
    blocks_.setBounds(area.removeFromTop(blocks_.wantedHeight(area.getWidth())));
    area.removeFromTop(metrics::gap / 3);
    error_.setBounds(area);
}

void HealthPanel::paint(juce::Graphics& g) {
    Panel::paint(g);
    const auto meter = meter_.toFloat();
    g.setColour(palette::field);
    g.fillRoundedRectangle(meter, 3);
    g.setColour(colourOf(shown_.load));
    g.fillRoundedRectangle(
        meter.withWidth(meter.getWidth() * static_cast<float>(juce::jlimit(0.0, 1.0, shown_.load))), 3);
    g.setColour(palette::dim);
    g.fillRect(meter.withWidth(1).withX(meter.getX() + meter.getWidth() * static_cast<float>(highLoad)));
}

}
