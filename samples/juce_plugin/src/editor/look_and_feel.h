#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

#include <sidespan/span_status.h>

namespace loopshare {

/// Loop Share's colours. Text on its background reaches a contrast of 4.5 to 1 (WCAG 2.2, 1.4.3).
namespace palette {
inline const juce::Colour background{0xff14161b};
inline const juce::Colour card{0xff1c1f26};
inline const juce::Colour outline{0xff343a46};
inline const juce::Colour field{0xff12141a};
inline const juce::Colour text{0xffeceef2};
inline const juce::Colour dim{0xffa0a8b8};
inline const juce::Colour accent{0xffffb454};
inline const juce::Colour plugin{0xff5ccfe6};
inline const juce::Colour network{0xffc3a6ff};
inline const juce::Colour good{0xff8fd48a};
inline const juce::Colour bad{0xffff7b85};

[[nodiscard]] juce::Colour of(sidespan::SpanStatus status);
}

/// Distances in logical pixels: everything is a multiple of a quarter of `gap`.
namespace metrics {
inline constexpr int gap = 12;
inline constexpr int control = 30;
inline constexpr int label = 84;
inline constexpr float corner = 6;
inline constexpr float title = 12;
inline constexpr float body = 14;
inline constexpr float small = 12.5F;
}

/// How everything in Loop Share's window looks.
class LookAndFeel final : public juce::LookAndFeel_V4 {
public:
    LookAndFeel();

    void drawButtonBackground(juce::Graphics& g, juce::Button& button, const juce::Colour& colour,
                              bool isOver, bool isDown) override;
    juce::Font getTextButtonFont(juce::TextButton& button, int height) override;
    juce::Font getLabelFont(juce::Label& label) override;
    void drawLinearSlider(juce::Graphics& g, int x, int y, int width, int height, float position,
                          float minimum, float maximum, juce::Slider::SliderStyle style,
                          juce::Slider& slider) override;
    int getSliderThumbRadius(juce::Slider& slider) override;
    juce::Label* createSliderTextBox(juce::Slider& slider) override;
    void drawTextEditorOutline(juce::Graphics& g, int width, int height, juce::TextEditor& editor) override;
    void drawScrollbar(juce::Graphics& g, juce::ScrollBar& bar, int x, int y, int width, int height,
                       bool isVertical, int thumbStart, int thumbSize, bool isOver, bool isDown) override;
    void drawCornerResizer(juce::Graphics& g, int width, int height, bool isOver, bool isDragging) override;
    int getDefaultScrollbarWidth() override { return 8; }
    std::unique_ptr<juce::FocusOutline> createFocusOutlineForComponent(juce::Component& component) override;
};

}
