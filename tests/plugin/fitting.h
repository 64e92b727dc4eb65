#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

namespace loopshare::testing {

/// The texts of labels and buttons in a component that have no room where they are, or that lie over each
/// other.
[[nodiscard]] juce::StringArray unfitIn(const juce::Component& component);

}
