#include "waveform_view.h"

#include <algorithm>

#include "look_and_feel.h"

namespace loopshare {

namespace {

juce::String inSeconds(double seconds) {
    return juce::String(seconds, 1) + " s";
}

}

WaveformView::WaveformView() {
    setTitle("Captured sound");
}

void WaveformView::refresh(const LoopBuffer& loop, double sharedSeconds) {
    const double held = std::min<double>(loop.secondsHeld(), parameters::maxLoopSeconds);
    const double shared = std::min(held, sharedSeconds);
    const bool isNew = peaks_.follow(loop);
    if (!isNew && held == heldSeconds_ && shared == sharedSeconds_) return;
    heldSeconds_ = held;
    sharedSeconds_ = shared;
    setDescription(inSeconds(held) + " captured; the last " + inSeconds(shared) + " would be shared");
    repaint();
}

double WaveformView::secondsBeforeNow(int x) const {
    return (1 - (x + 0.5) / getWidth()) * parameters::maxLoopSeconds;
}

// The magnitude at that moment; below 0 when nothing was captured then.
float WaveformView::levelAt(double secondsBeforeNow) const {
    const auto& bars = peaks_.bars();
    const double before = secondsBeforeNow / LoopPeaks::barSeconds - peaks_.lastBar();
    const auto index = before < 0 ? 0 : static_cast<std::size_t>(before) + 1;  // from the newest
    return index < bars.size() ? bars[bars.size() - 1 - index] : -1.0F;
}

void WaveformView::paint(juce::Graphics& g) {
    const auto area = getLocalBounds();
    g.setColour(palette::field);
    g.fillRoundedRectangle(area.toFloat(), 3);
    const auto shared = juce::roundToInt(sharedSeconds_ / parameters::maxLoopSeconds * getWidth());
    const auto marked = area.withLeft(getWidth() - shared);
    g.setColour(palette::accent.withAlpha(0.14F));
    g.fillRect(marked);
    for (int x = 0; x < getWidth(); ++x) {
        const float level = levelAt(secondsBeforeNow(x));
        if (level < 0) continue;
        const int height =
            std::max(1, juce::roundToInt(std::min(1.0F, level) * static_cast<float>(getHeight() - 4)));
        g.setColour(x >= marked.getX() ? palette::accent : palette::dim);
        g.fillRect(area.withX(x).withWidth(1).withSizeKeepingCentre(1, height));
    }
    g.setColour(palette::accent);
    if (shared > 0) g.fillRect(marked.withWidth(1));
}

std::unique_ptr<juce::AccessibilityHandler> WaveformView::createAccessibilityHandler() {
    return std::make_unique<juce::AccessibilityHandler>(*this, juce::AccessibilityRole::image);
}

}
