#pragma once

#include <juce_core/juce_core.h>

#include "failure.h"

namespace loopshare {

/// An error as a musician can use it: what did not work, and what to do about it.
[[nodiscard]] juce::String inPlainWords(const Failure& failure);

}
