#include "plugin_bundle.h"

#include <stdexcept>

#include "juce_version.h"

namespace loopshare::testing {
namespace {

std::runtime_error failure(const juce::String& what) {
    return std::runtime_error(what.toStdString());
}

// An LV2 is known by a URI, which its manifest names.
bool isIn(const juce::File& bundle, const juce::PluginDescription& plugin) {
    const auto manifest = bundle.getChildFile("manifest.ttl").loadFileAsString();
    return plugin.fileOrIdentifier == bundle.getFullPathName() ||
           manifest.contains("<" + plugin.fileOrIdentifier + ">");
}

}

PluginBundle::PluginBundle(const juce::File& bundle) {
    addHostedFormats(formats_);
    const juce::String wanted = bundle.hasFileExtension("lv2") ? "LV2" : "VST3";
    const juce::FileSearchPath folder(bundle.getParentDirectory().getFullPathName());
    juce::OwnedArray<juce::PluginDescription> found;
    for (auto* format : formats_.getFormats()) {
        if (format->getName() != wanted) continue;
        for (const auto& identifier : format->searchPathsForPlugins(folder, false)) {
            format->findAllTypesForFile(found, identifier);
        }
    }
    for (const auto* plugin : found) {
        if (isIn(bundle, *plugin)) {
            description_ = *plugin;
            return;
        }
    }
    throw failure(bundle.getFullPathName() + " holds no plugin that this host can load");
}

std::unique_ptr<juce::AudioPluginInstance> PluginBundle::make(double sampleRate, int blockSize) {
    juce::String problem;
    auto plugin = formats_.createPluginInstance(description_, sampleRate, blockSize, problem);
    if (!plugin) throw failure(description_.name + " cannot be loaded: " + problem);
    return plugin;
}

juce::AudioProcessorParameter& parameterOf(juce::AudioProcessor& plugin, const juce::String& name) {
    juce::StringArray names;
    for (auto* parameter : plugin.getParameters()) {
        if (parameter->getName(100) == name) return *parameter;
        names.add(parameter->getName(100));
    }
    throw failure("no parameter is called \"" + name + "\"; there are: " + names.joinIntoString(", "));
}

}
