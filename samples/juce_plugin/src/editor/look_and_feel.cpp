#include "look_and_feel.h"

#include "../juce_version.h"

namespace loopshare {

juce::Colour palette::of(sidespan::SpanStatus status) {
    switch (status) {
        case sidespan::SpanStatus::error:
            return bad;
        case sidespan::SpanStatus::cancelled:
            return dim;
        case sidespan::SpanStatus::unset:
        case sidespan::SpanStatus::ok:
            break;
    }
    return good;
}

namespace {

constexpr float outlineWidth = 1;
constexpr float focusWidth = 2;

class Ring final : public juce::FocusOutline::OutlineWindowProperties {
public:
    juce::Rectangle<int> getOutlineBounds(juce::Component& component) override {
        return component.getScreenBounds().expanded(3);
    }
    void drawOutline(juce::Graphics& g, int width, int height) override {
        const auto area = juce::Rectangle<int>(width, height).toFloat().reduced(focusWidth / 2);
        g.setColour(palette::accent);
        g.drawRoundedRectangle(area, metrics::corner + 2, focusWidth);
    }
};

}

LookAndFeel::LookAndFeel() {
    setColour(juce::ResizableWindow::backgroundColourId, palette::background);
    setColour(juce::Label::textColourId, palette::text);
    setColour(juce::TextButton::buttonColourId, palette::card.brighter(0.08F));
    setColour(juce::TextButton::buttonOnColourId, palette::accent);
    setColour(juce::TextButton::textColourOffId, palette::text);
    setColour(juce::TextButton::textColourOnId, palette::background);
    setColour(juce::TextEditor::backgroundColourId, palette::field);
    setColour(juce::TextEditor::textColourId, palette::text);
    setColour(juce::TextEditor::highlightColourId, palette::accent.withAlpha(0.35F));
    setColour(juce::CaretComponent::caretColourId, palette::accent);
    setColour(juce::ListBox::backgroundColourId, juce::Colours::transparentBlack);
    setColour(juce::Slider::textBoxTextColourId, palette::text);
    setColour(juce::Slider::textBoxOutlineColourId, juce::Colours::transparentBlack);
}

void LookAndFeel::drawButtonBackground(juce::Graphics& g, juce::Button& button, const juce::Colour& colour,
                                       bool isOver, bool isDown) {
    const auto area = button.getLocalBounds().toFloat().reduced(outlineWidth / 2);
    auto fill = button.isEnabled() ? colour : colour.withMultipliedAlpha(0.4F);
    if (isDown) {
        fill = fill.darker(0.2F);
    } else if (isOver) {
        fill = fill.brighter(0.1F);
    }
    g.setColour(fill);
    g.fillRoundedRectangle(area, metrics::corner);
    g.setColour(button.getToggleState() ? palette::accent : palette::outline);
    g.drawRoundedRectangle(area, metrics::corner, outlineWidth);
}

juce::Font LookAndFeel::getTextButtonFont(juce::TextButton&, int) {
    return sansFont(metrics::body, true);
}

juce::Font LookAndFeel::getLabelFont(juce::Label& label) {
    return label.getFont();
}

void LookAndFeel::drawLinearSlider(juce::Graphics& g, int x, int y, int width, int height, float position,
                                   float, float, juce::Slider::SliderStyle, juce::Slider& slider) {
    const auto area = juce::Rectangle<int>(x, y, width, height).toFloat();
    const auto track = area.withSizeKeepingCentre(area.getWidth(), 4);
    g.setColour(palette::outline);
    g.fillRoundedRectangle(track, 2);
    // From the value that changes nothing, or from the beginning.
    const auto zero = static_cast<float>(slider.getPositionOfValue(juce::jmax(0.0, slider.getMinimum())));
    g.setColour(palette::accent);
    g.fillRoundedRectangle(track.withLeft(juce::jmin(zero, position)).withRight(juce::jmax(zero, position)),
                           2);
    g.setColour(slider.isMouseOverOrDragging() ? palette::text.brighter() : palette::text);
    g.fillEllipse(juce::Rectangle<float>(14, 14).withCentre({position, area.getCentreY()}));
}

int LookAndFeel::getSliderThumbRadius(juce::Slider&) {
    return 7;
}

juce::Label* LookAndFeel::createSliderTextBox(juce::Slider& slider) {
    auto* const label = LookAndFeel_V4::createSliderTextBox(slider);
    label->setFont(sansFont(metrics::body));
    label->setJustificationType(juce::Justification::centredRight);
    return label;
}

void LookAndFeel::drawTextEditorOutline(juce::Graphics& g, int width, int height, juce::TextEditor& editor) {
    const auto area = juce::Rectangle<int>(width, height).toFloat().reduced(outlineWidth / 2);
    g.setColour(editor.hasKeyboardFocus(true) ? palette::accent : palette::outline);
    g.drawRoundedRectangle(area, 3, outlineWidth);
}

void LookAndFeel::drawScrollbar(juce::Graphics& g, juce::ScrollBar&, int x, int y, int width, int height,
                                bool isVertical, int thumbStart, int thumbSize, bool isOver, bool isDown) {
    const auto thumb = isVertical ? juce::Rectangle<int>(x, thumbStart, width, thumbSize)
                                  : juce::Rectangle<int>(thumbStart, y, thumbSize, height);
    g.setColour(isOver || isDown ? palette::dim : palette::outline);
    g.fillRoundedRectangle(thumb.toFloat().reduced(1), 3);
}

void LookAndFeel::drawCornerResizer(juce::Graphics& g, int width, int height, bool isOver, bool isDragging) {
    g.setColour(isOver || isDragging ? palette::dim : palette::outline);
    const auto right = static_cast<float>(width - 3);
    const auto bottom = static_cast<float>(height - 3);
    for (const float size : {4.0F, 8.0F}) g.drawLine(right - size, bottom, right, bottom - size, 1.5F);
}

std::unique_ptr<juce::FocusOutline> LookAndFeel::createFocusOutlineForComponent(juce::Component&) {
    return std::make_unique<juce::FocusOutline>(std::make_unique<Ring>());
}

}
