#pragma once

#include <juce_data_structures/juce_data_structures.h>

namespace loopshare {

/// What setStateInformation() was given, as a state of that type: a project file, which anybody may have
/// written. Invalid when it is not one of Loop Share's. Only gain and loop length are taken, where their
/// value is a finite number: no project presses the button that shares.
///
/// Any thread but the audio thread.
[[nodiscard]] juce::ValueTree readSavedState(const void* data, int size, const juce::Identifier& type);

}
