#pragma once

#include <juce_core/juce_core.h>

#include <sidespan/error.h>

namespace loopshare {

/// What the service was asked when it failed.
enum class Asked { anything, toSignIn };

/// An error as a musician can use it: what did not work, and what to do about it.
[[nodiscard]] juce::String inPlainWords(const sidespan::Error& error, Asked asked = Asked::anything);

}
