// A host without a window: plays a recording into a plugin and has it share what it heard.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "loopshare_settings.h"
#include "parameter_watch.h"
#include "plugin_bundle.h"
#include "recorded_sound.h"
#include "stage.h"

namespace {

using namespace std::chrono_literals;
using namespace loopshare::testing;

constexpr auto usage =
    "usage: sidespan-plugin-host <plugin.vst3 or plugin.lv2> <recording> [--service URL --telemetry URL]\n"
    "\n"
    "Plays the recording into the plugin at the pace of a sound card, presses Share, waits until that is "
    "over,\n"
    "and unloads. With --service and --telemetry the plugin runs with settings of its own, consent granted, "
    "shares\n"
    "there and sends its spans there; otherwise with those of its user.\n";

constexpr int blockSize = 512;
constexpr auto patience = 60s;

/// Asks the plugin for a block on a thread of its own, each time that a sound card would want one.
class SoundCard : private juce::HighResolutionTimer {
public:
    SoundCard(juce::AudioPluginInstance& plugin, const RecordedSound& sound)
        : plugin_(plugin),
          sound_(sound),
          buffer_(std::max(plugin.getTotalNumInputChannels(), plugin.getTotalNumOutputChannels()),
                  blockSize) {
        startTimer(juce::roundToInt(1000.0 * blockSize / sound.sampleRate));
    }
    ~SoundCard() override { stopTimer(); }
    SoundCard(const SoundCard&) = delete;
    SoundCard& operator=(const SoundCard&) = delete;

    void waitUntilPlayed() { played_.wait(); }

private:
    void hiResTimerCallback() override {
        if (position_ + blockSize > sound_.samples.getNumSamples()) return played_.signal();
        sound_.fill(buffer_, position_);
        plugin_.processBlock(buffer_, midi_);
        position_ += blockSize;
    }

    juce::AudioPluginInstance& plugin_;
    const RecordedSound& sound_;
    juce::AudioBuffer<float> buffer_;
    juce::MidiBuffer midi_;
    int position_ = 0;
    juce::WaitableEvent played_{true};
};

/// Presses Share, and goes on with silence until it is up again; false when that takes more than a minute.
bool share(juce::AudioPluginInstance& plugin) {
    auto& button = parameterOf(plugin, "Share");
    ParameterWatch watch(button);
    Stage::onMessageThread([&] { button.setValueNotifyingHost(1); });
    juce::AudioBuffer<float> silence(plugin.getTotalNumOutputChannels(), blockSize);
    juce::MidiBuffer midi;
    const auto until = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < until) {
        silence.clear();
        plugin.processBlock(silence, midi);
        if (watch.waitFor(0, 10ms)) return true;
    }
    return false;
}

void perform(const juce::File& bundle, const juce::File& recording) {
    const auto sound = RecordedSound::read(recording);
    std::unique_ptr<PluginBundle> library;
    std::unique_ptr<juce::AudioPluginInstance> plugin;
    Stage::onMessageThread([&] {
        library = std::make_unique<PluginBundle>(bundle);
        plugin = library->make(sound.sampleRate, blockSize);
        plugin->prepareToPlay(sound.sampleRate, blockSize);
    });
    std::printf("%s (%s) plays %s\n", plugin->getName().toRawUTF8(),
                library->description().pluginFormatName.toRawUTF8(), recording.getFileName().toRawUTF8());
    SoundCard(*plugin, sound).waitUntilPlayed();
    const bool isShared = share(*plugin);
    Stage::onMessageThread([&] {
        plugin->releaseResources();
        plugin.reset();
        library.reset();
    });
    if (!isShared) throw std::runtime_error("the share did not end within a minute");
}

}

int main(int argc, char** argv) {
    const juce::StringArray arguments(argv + 1, argc - 1);
    const bool hasAddresses =
        arguments.size() == 6 && arguments[2] == "--service" && arguments[4] == "--telemetry";
    if (arguments.size() != 2 && !hasAddresses) {
        std::fputs(usage, stderr);
        return 2;
    }
    const auto here = juce::File::getCurrentWorkingDirectory();
    try {
        std::optional<LoopShareSettings> settings;
        if (hasAddresses) settings.emplace("granted", arguments[3], arguments[5]);
        Stage::run([&] { perform(here.getChildFile(arguments[0]), here.getChildFile(arguments[1])); });
        return 0;
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "sidespan-plugin-host: %s\n", failure.what());
        return 1;
    }
}
