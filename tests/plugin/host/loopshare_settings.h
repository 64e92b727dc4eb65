#pragma once

#include <juce_data_structures/juce_data_structures.h>

namespace loopshare::testing {

/// Settings of the plugin in a place of their own, gone with this object: what its user would have chosen in
/// its window. The plugin finds them by the environment, so there is one at a time.
class LoopShareSettings {
public:
    LoopShareSettings(const juce::String& consent, const juce::String& endpoint,
                      const juce::String& telemetry = {});
    ~LoopShareSettings();
    LoopShareSettings(const LoopShareSettings&) = delete;
    LoopShareSettings& operator=(const LoopShareSettings&) = delete;

private:
    juce::File folder_;
};

}
