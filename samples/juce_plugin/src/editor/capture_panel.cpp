#include "capture_panel.h"

#include <cmath>

#include "../parameters.h"
#include "look_and_feel.h"

namespace loopshare {

namespace {

constexpr int valueWidth = 64;
constexpr int waveformHeight = 56;
constexpr double sweepWidth = 0.25;  // of the bar, while nothing says how far the upload is
constexpr double sweepsPerMs = 1.0 / 1500;

}

CapturePanel::Row::Row(CapturePanel& panel, const juce::String& name, const juce::String& id,
                       const juce::String& suffix)
    : label(name), attachment(panel.processor().state(), id, slider) {
    slider.setTitle(name);
    slider.setTextBoxStyle(juce::Slider::TextBoxRight, false, valueWidth, metrics::control - 6);
    slider.setTextValueSuffix(suffix);
    slider.setHasFocusOutline(true);
    slider.setWantsKeyboardFocus(true);
    label.setAccessible(false);  // the slider says its name
    panel.addAndMakeVisible(label);
    panel.addAndMakeVisible(slider);
}

void CapturePanel::Row::layOut(juce::Rectangle<int> area) {
    label.setBounds(area.removeFromLeft(metrics::label));
    slider.setBounds(area);
}

CapturePanel::CapturePanel(PanelContext context)
    : Panel("Capture", std::move(context)),
      gain_(*this, "Input gain", parameters::gain, " dB"),
      length_(*this, "Loop length", parameters::length, " s"),
      share_(
          "Share loop", [this] { press(); }, "Share the captured loop"),
      cancel_(
          "Cancel", [this] { processor().share().cancel(); }, "Cancel sharing") {
    share_.setColour(juce::TextButton::buttonColourId, palette::accent);
    share_.setColour(juce::TextButton::textColourOffId, palette::background);
    addAndMakeVisible(waveform_);
    addAndMakeVisible(share_);
    addAndMakeVisible(cancel_);
    addAndMakeVisible(state_);
    refresh();
}

void CapturePanel::press() {
    clicked("share");
    processor().startShare();
    refresh();
}

void CapturePanel::refresh() {
    const auto status = processor().share().status();
    waveform_.refresh(processor().loop(), length_.slider.getValue());
    share_.setEnabled(!status.isUnderWay() && secondsToShare() > 0);
    cancel_.setEnabled(status.isUnderWay());
    show(state_, describe(status));
    const bool isOther = std::exchange(stage_, status.stage) != status.stage;
    if (isOther && !status.isUnderWay() && !status.error) announce(describe(status));
    if (const auto progress = progressOf(status); std::exchange(progress_, progress) != progress)
        repaint(bar_);
}

double CapturePanel::secondsToShare() const {
    return std::min<double>(processor().loop().secondsHeld(), length_.slider.getValue());
}

juce::Range<double> CapturePanel::progressOf(const Share::Status& status) {
    switch (status.stage) {
        case Share::Stage::encoding:
            return {0, status.encoded};
        case Share::Stage::uploading: {
            const double end =
                std::fmod(juce::Time::getMillisecondCounterHiRes() * sweepsPerMs, 1) * (1 + sweepWidth);
            return juce::Range<double>(end - sweepWidth, end).getIntersectionWith({0, 1});
        }
        case Share::Stage::done:
            return {0, 1};
        default:
            return {};
    }
}

juce::String CapturePanel::describe(const Share::Status& status) const {
    switch (status.stage) {
        case Share::Stage::encoding:
            return "Encoding...";
        case Share::Stage::uploading:
            return "Uploading...";
        case Share::Stage::done:
            return "Shared. Others can hear it now.";
        case Share::Stage::cancelled:
            return "Cancelled. Nothing was shared.";
        case Share::Stage::failed:
            return "Not shared. See below what went wrong.";
        case Share::Stage::idle:
            break;
    }
    const double seconds = secondsToShare();
    if (seconds == 0) return "Play something, then share the last seconds of it.";
    return "The last " + juce::String(seconds, 1) + " s are ready to share.";
}

void CapturePanel::resized() {
    auto area = content();
    gain_.layOut(area.removeFromTop(metrics::control));
    length_.layOut(area.removeFromTop(metrics::control));
    area.removeFromTop(metrics::gap / 2);
    waveform_.setBounds(area.removeFromTop(waveformHeight));
    area.removeFromTop(metrics::gap);
    auto buttons = area.removeFromTop(metrics::control + 4);
    cancel_.setBounds(buttons.removeFromRight(84));
    buttons.removeFromRight(metrics::gap);
    share_.setBounds(buttons);
    area.removeFromTop(metrics::gap);
    bar_ = area.removeFromTop(4);
    area.removeFromTop(6);
    state_.setBounds(area.removeFromTop(18));
}

void CapturePanel::paint(juce::Graphics& g) {
    Panel::paint(g);
    const auto bar = bar_.toFloat();
    g.setColour(palette::outline);
    g.fillRoundedRectangle(bar, 2);
    g.setColour(palette::accent);
    g.fillRoundedRectangle(bar.withX(bar.getX() + bar.getWidth() * static_cast<float>(progress_.getStart()))
                               .withWidth(bar.getWidth() * static_cast<float>(progress_.getLength())),
                           2);
}

}
