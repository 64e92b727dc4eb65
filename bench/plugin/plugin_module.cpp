#include "plugin_module.h"

#include <memory>

#include <juce_audio_processors/juce_audio_processors.h>

juce::AudioProcessor* JUCE_CALLTYPE createPluginFilter();

namespace {

struct Plugin {
    juce::ScopedJuceInitialiser_GUI juce;
    std::unique_ptr<juce::AudioProcessor> processor{createPluginFilter()};
    juce::MidiBuffer midi;
};

void* make(double sampleRate, int blockSize) {
    auto plugin = std::make_unique<Plugin>();
    plugin->processor->setRateAndBufferSizeDetails(sampleRate, blockSize);
    plugin->processor->prepareToPlay(sampleRate, blockSize);
    return plugin.release();
}

void process(void* plugin, float* const* channels, int frames) {
    auto& [juce, processor, midi] = *static_cast<Plugin*>(plugin);
    juce::AudioBuffer<float> buffer(channels, 2, frames);  // refers to them
    processor->processBlock(buffer, midi);
}

void destroy(void* plugin) {
    delete static_cast<Plugin*>(plugin);
}

}

extern "C" [[gnu::visibility("default")]] const sidespan::bench::PluginModule pluginModule;
const sidespan::bench::PluginModule pluginModule{make, process, destroy};
