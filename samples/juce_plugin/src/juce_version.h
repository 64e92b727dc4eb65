#pragma once

#include <juce_graphics/juce_graphics.h>

/// Where JUCE 7 and JUCE 8 differ.
namespace loopshare {

[[nodiscard]] inline juce::Font sansFont(float height, bool isBold = false) {
#if JUCE_MAJOR_VERSION >= 8
    juce::Font font{juce::FontOptions(height)};
#else
    juce::Font font(height);
#endif
    return isBold ? font.boldened() : font;
}

[[nodiscard]] inline juce::Font monospacedFont(float height) {
    const auto name = juce::Font::getDefaultMonospacedFontName();
#if JUCE_MAJOR_VERSION >= 8
    return juce::Font{juce::FontOptions(name, height, juce::Font::plain)};
#else
    return {name, height, juce::Font::plain};
#endif
}

}
