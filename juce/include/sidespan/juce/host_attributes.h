#pragma once

#include <juce_audio_processors/juce_audio_processors.h>

#include <sidespan/attribute_value.h>

namespace sidespan::inline v0 {

/// The host of this plugin, for `Config::resource`: `daw.name` (the name of its program if JUCE does not know
/// the host), `daw.version` where programs carry one (macOS, Windows), and `plugin.format`, such as "VST3".
/// Attributes that do not apply are left out: a standalone program has no host, and code outside a plugin has
/// no format.
///
/// Needs juce_audio_processors. [message thread] Allocates; may read the host's program file.
[[nodiscard]] inline Attributes hostAttributes() {
    const auto add = [](Attributes& to, const char* key, const juce::String& value) {
        if (value.isNotEmpty()) to[key] = value.toStdString();
    };
    Attributes attributes;
    const auto format = juce::PluginHostType::getPluginLoadedAs();
    if (format != juce::AudioProcessor::wrapperType_Undefined)
        add(attributes, "plugin.format", juce::AudioProcessor::getWrapperTypeDescription(format));
    if (format == juce::AudioProcessor::wrapperType_Standalone) return attributes;
    const juce::File program(juce::PluginHostType::getHostPath());
    const juce::PluginHostType host;
    add(attributes, "daw.name",
        host.type == juce::PluginHostType::UnknownHost ? program.getFileNameWithoutExtension()
                                                       : juce::String(host.getHostDescription()));
    add(attributes, "daw.version", program.getVersion());
    return attributes;
}

}
