// The built plugin, loaded as a host loads it.
#include <algorithm>
#include <fstream>
#include <future>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "host/loopshare_settings.h"
#include "host/parameter_watch.h"
#include "host/plugin_bundle.h"
#include "host/recorded_sound.h"
#include "host/stage.h"
#include "support/fault_server.h"
#include "support/thread_names.h"

#include "juce_version.h"

namespace loopshare::testing {
namespace {

using namespace std::chrono_literals;
using sidespan::test::FaultServer;
using sidespan::test::threadsNamed;
using Plugin = std::unique_ptr<juce::AudioPluginInstance>;

constexpr auto patience = 30s;

bool isLoaded(const juce::File& bundle) {
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        if (line.find(bundle.getFullPathName().toStdString()) != std::string::npos) return true;
    }
    return false;
}

/// Messages that wait are dealt with, and the time passes that timers ask for.
void letMessagesPass(std::chrono::milliseconds time) {
    std::promise<void> passed;
    juce::Timer::callAfterDelay(static_cast<int>(time.count()), [&] { passed.set_value(); });
    passed.get_future().get();
}

void setLayout(juce::AudioPluginInstance& plugin, int channels) {
    const auto set = juce::AudioChannelSet::canonicalChannelSet(channels);
    juce::AudioProcessor::BusesLayout layout;
    layout.inputBuses.add(set);
    layout.outputBuses.add(set);
    if (!plugin.setBusesLayout(layout))
        throw std::runtime_error("refused: channels " + std::to_string(channels));
}

// What comes out of a few blocks of the recording is what went in.
void expectPassedThrough(juce::AudioPluginInstance& plugin, const RecordedSound& sound, int channels,
                         int blockSize) {
    juce::AudioBuffer<float> block(channels, blockSize);
    juce::MidiBuffer midi;
    for (int i = 0, position = 0; i < 4; ++i) {
        position = sound.fill(block, position);
        const juce::AudioBuffer<float> before(block);
        plugin.processBlock(block, midi);
        for (int channel = 0; channel < channels; ++channel) {
            const auto* in = before.getReadPointer(channel);
            ASSERT_TRUE(std::equal(in, in + blockSize, block.getReadPointer(channel)))
                << blockSize << " samples, channel " << channel;
        }
    }
}

}

class PluginHost : public ::testing::TestWithParam<const char*> {
protected:
    [[nodiscard]] static juce::File bundle() { return juce::File(GetParam()); }

    /// Runs `script` with the plugin's bundle; instances are made and destroyed on the message thread.
    void perform(const std::function<void(PluginBundle&)>& script) {
        Stage::run([&] {
            std::unique_ptr<PluginBundle> library;
            Stage::onMessageThread([&] { library = std::make_unique<PluginBundle>(bundle()); });
            script(*library);
            Stage::onMessageThread([&] { library.reset(); });
        });
    }

    /// An LV2's ports are fixed.
    static std::vector<int> layouts() {
        return bundle().hasFileExtension("lv2") ? std::vector{2} : std::vector{1, 2};
    }

    static Plugin make(PluginBundle& library) {
        Plugin plugin;
        Stage::onMessageThread([&] { plugin = library.make(); });
        return plugin;
    }
    static Plugin makePlaying(PluginBundle& library) {
        auto plugin = make(library);
        Stage::onMessageThread([&] { plugin->prepareToPlay(48000, 512); });
        return plugin;
    }
    static void destroy(Plugin& plugin) {
        Stage::onMessageThread([&] {
            plugin->releaseResources();
            plugin.reset();
        });
    }

    void play(juce::AudioPluginInstance& plugin, int blocks) const {
        juce::AudioBuffer<float> block(plugin.getTotalNumOutputChannels(), 512);
        juce::MidiBuffer midi;
        for (int i = 0, position = 0; i < blocks; ++i) {
            position = sound_.fill(block, position);
            plugin.processBlock(block, midi);
        }
    }

    /// Parameters travel with the blocks, in both directions.
    bool playUntil(juce::AudioPluginInstance& plugin, ParameterWatch& watch, float value) const {
        const auto until = std::chrono::steady_clock::now() + patience;
        while (std::chrono::steady_clock::now() < until) {
            play(plugin, 1);
            if (watch.waitFor(value, 10ms)) return true;
        }
        return false;
    }

    const RecordedSound sound_ = RecordedSound::read(juce::File(SIDESPAN_TEST_SOUND));
};

TEST_P(PluginHost, PassesEverySampleThroughAtAnyRateAndBlockSize) {
    const LoopShareSettings settings("denied", "http://127.0.0.1:9");
    perform([&](PluginBundle& library) {
        for (const int channels : layouts()) {
            for (const double rate : {22050.0, 44100.0, 48000.0, 96000.0, 192000.0}) {
                for (const int size : {1, 17, 64, 512, 4096, 8192}) {
                    auto plugin = make(library);
                    Stage::onMessageThread([&] {
                        setLayout(*plugin, channels);
                        plugin->setRateAndBufferSizeDetails(rate, size);
                        plugin->prepareToPlay(rate, size);
                    });
                    expectPassedThrough(*plugin, sound_, channels, size);
                    destroy(plugin);
                }
            }
        }
    });
}

TEST_P(PluginHost, SavesAndRestoresItsState) {
    const LoopShareSettings settings("denied", "http://127.0.0.1:9");
    perform([&](PluginBundle& library) {
        auto first = makePlaying(library);
        juce::MemoryBlock state;
        Stage::onMessageThread([&] { parameterOf(*first, "Input gain").setValueNotifyingHost(0.25F); });
        play(*first, 2);
        Stage::onMessageThread([&] { first->getStateInformation(state); });
        destroy(first);

        auto second = makePlaying(library);
        auto& gain = parameterOf(*second, "Input gain");
        ParameterWatch watch(gain);
        Stage::onMessageThread(
            [&] { second->setStateInformation(state.getData(), static_cast<int>(state.getSize())); });
        EXPECT_TRUE(playUntil(*second, watch, 0.25F)) << gain.getValue();
        destroy(second);
    });
}

TEST_P(PluginHost, OpensAndClosesItsEditorWhileItPlays) {
    if (!Stage::hasWindows()) GTEST_SKIP() << "needs an X server, such as Xvfb";
    const LoopShareSettings settings("granted", "http://127.0.0.1:9");
    perform([&](PluginBundle& library) {
        auto plugin = makePlaying(library);
        for (int i = 0; i < 3; ++i) {
            std::unique_ptr<juce::AudioProcessorEditor> editor;
            Stage::onMessageThread([&] {
                editor.reset(openEditor(*plugin));
                ASSERT_NE(editor, nullptr);
                editor->addToDesktop(juce::ComponentPeer::windowHasTitleBar);
                editor->setVisible(true);
                EXPECT_GE(editor->getWidth(), 300);
                EXPECT_GE(editor->getHeight(), 200);
            });
            play(*plugin, 20);
            letMessagesPass(300ms);
            Stage::onMessageThread(
                [&] { editor->setSize(editor->getWidth() + 60, editor->getHeight() + 40); });
            letMessagesPass(100ms);
            Stage::onMessageThread([&] { editor.reset(); });
            play(*plugin, 20);
        }
        destroy(plugin);
    });
}

TEST_P(PluginHost, StartsNothingUntilItIsPreparedToPlay) {
    if (bundle().hasFileExtension("lv2")) GTEST_SKIP() << "an LV2 is instantiated only to be played";
    const LoopShareSettings settings("granted", "http://127.0.0.1:9");
    perform([&](PluginBundle& library) {
        auto plugin = make(library);
        EXPECT_EQ(threadsNamed("sidespan-"), 0U);
        Stage::onMessageThread([&] { plugin.reset(); });
    });
}

TEST_P(PluginHost, HasOneDrainThreadAndOneSenderForFiftyInstances) {
    FaultServer server;
    const LoopShareSettings settings("granted", server.url());
    perform([&](PluginBundle& library) {
        std::vector<Plugin> plugins(50);
        for (auto& plugin : plugins) plugin = makePlaying(library);
        for (auto& plugin : plugins) play(*plugin, 110);  // one block in a hundred is kept
        EXPECT_TRUE(server.waitForStored(1));
        EXPECT_EQ(threadsNamed("sidespan-drain"), 1U);
        EXPECT_EQ(threadsNamed("sidespan-http"), 1U);
        EXPECT_EQ(threadsNamed("sidespan-"), 2U);
        for (auto& plugin : plugins) destroy(plugin);
        EXPECT_EQ(threadsNamed("sidespan-"), 0U);
    });
}

TEST_P(PluginHost, IsUnloadedWithItsLastInstance) {
    FaultServer server;
    const LoopShareSettings settings("granted", server.url());
    for (int i = 0; i < 2; ++i) {
        perform([&](PluginBundle& library) {
            auto plugin = makePlaying(library);
            EXPECT_TRUE(isLoaded(bundle()));
            play(*plugin, 110);
            EXPECT_TRUE(server.waitForStored(1));
            destroy(plugin);
        });
        EXPECT_FALSE(isLoaded(bundle()));
        EXPECT_EQ(threadsNamed("sidespan-"), 0U);
    }
}

TEST_P(PluginHost, IsUnloadedInTheMiddleOfAShare) {
    FaultServer server;
    server.otherwise(sidespan::test::faults::silent());
    const LoopShareSettings settings("denied", server.url());
    perform([&](PluginBundle& library) {
        auto plugin = makePlaying(library);
        play(*plugin, 100);
        auto& button = parameterOf(*plugin, "Share");
        ParameterWatch watch(button);
        Stage::onMessageThread([&] { button.setValueNotifyingHost(1); });
        for (int i = 0; i < 3'000 && server.connectionCount() == 0; ++i) {
            play(*plugin, 1);  // parameters travel with the blocks
            static_cast<void>(watch.waitFor(0, 10ms));
        }
        EXPECT_EQ(server.connectionCount(), 1U);
        destroy(plugin);
    });
    EXPECT_FALSE(isLoaded(bundle()));
    EXPECT_EQ(threadsNamed("sidespan-"), 0U);
}

TEST_P(PluginHost, SharesWhatItHeardAndTracesIt) {
    FaultServer server;
    const LoopShareSettings settings("granted", server.url());
    perform([&](PluginBundle& library) {
        auto plugin = makePlaying(library);
        play(*plugin, 100);
        auto& button = parameterOf(*plugin, "Share");
        ParameterWatch watch(button);
        Stage::onMessageThread([&] { button.setValueNotifyingHost(1); });
        EXPECT_TRUE(playUntil(*plugin, watch, 0));
        EXPECT_TRUE(server.waitForStored(4));
        destroy(plugin);
    });
    const auto requests = server.requests();
    const auto upload = std::ranges::find_if(
        requests, [](const auto& request) { return request.target.starts_with("/api/v1/audio"); });
    ASSERT_NE(upload, requests.end());
    EXPECT_TRUE(upload->body.starts_with("fLaC"));
    EXPECT_FALSE(upload->header("traceparent").empty());
}

TEST_P(PluginHost, RecordsAndSendsNothingWithoutConsent) {
    FaultServer server;
    const LoopShareSettings settings("denied", server.url());
    perform([&](PluginBundle& library) {
        auto plugin = makePlaying(library);
        play(*plugin, 200);
        EXPECT_EQ(threadsNamed("sidespan-drain"), 0U);
        destroy(plugin);
    });
    EXPECT_EQ(server.storedSpans(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Vst3, PluginHost, ::testing::Values(LOOPSHARE_VST3));
INSTANTIATE_TEST_SUITE_P(Lv2, PluginHost, ::testing::Values(LOOPSHARE_LV2));

}
