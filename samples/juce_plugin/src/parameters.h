#pragma once

#include <juce_audio_processors/juce_audio_processors.h>

namespace loopshare::parameters {

inline constexpr auto gain = "gain";      ///< input gain in dB, -24 to 24
inline constexpr auto length = "length";  ///< of the loop that is shared, in seconds, 1 to maxLoopSeconds
inline constexpr auto share = "share";    ///< a button: shares when it goes from off to on

inline constexpr float maxLoopSeconds = 20;

[[nodiscard]] juce::AudioProcessorValueTreeState::ParameterLayout layout();

}
