#pragma once

/// What the bench calls in a build of the plugin; no type of JUCE's crosses, since each build has its own.
namespace sidespan::bench {

struct PluginModule {
    void* (*make)(double sampleRate, int blockSize);
    void (*process)(void* plugin, float* const* channels, int frames);
    void (*destroy)(void* plugin);
};

}
