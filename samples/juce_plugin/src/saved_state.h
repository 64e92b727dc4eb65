#pragma once

#include <juce_data_structures/juce_data_structures.h>

namespace loopshare {

/// What setStateInformation() was given, as a state of that type: a project file, which anybody may have
/// written. Invalid when it is not one of Loop Share's. A parameter whose value is not a finite number is
/// left out.
///
/// Any thread but the audio thread.
[[nodiscard]] juce::ValueTree readSavedState(const void* data, int size, const juce::Identifier& type);

}
