#pragma once

#include <juce_audio_processors/juce_audio_processors.h>

#include "loop_buffer.h"

namespace loopshare {

/// Loop Share, as a host sees it: passes audio through, bit for bit at a gain of 0 dB, and captures it for
/// sharing.
///
/// Constructing one does nothing outside memory, since hosts construct plugins only to look at them.
class LoopShareProcessor final : public juce::AudioProcessor {
public:
    LoopShareProcessor();
    ~LoopShareProcessor() override;

    void prepareToPlay(double sampleRate, int maximumExpectedSamplesPerBlock) override;
    void releaseResources() override {}
    bool isBusesLayoutSupported(const BusesLayout& layouts) const override;
    void processBlock(juce::AudioBuffer<float>& buffer, juce::MidiBuffer& midi) override;
    using juce::AudioProcessor::processBlock;

    juce::AudioProcessorEditor* createEditor() override;
    bool hasEditor() const override { return true; }

    const juce::String getName() const override { return JucePlugin_Name; }
    bool acceptsMidi() const override { return false; }
    bool producesMidi() const override { return false; }
    double getTailLengthSeconds() const override { return 0; }
    int getNumPrograms() override { return 1; }
    int getCurrentProgram() override { return 0; }
    void setCurrentProgram(int) override {}
    const juce::String getProgramName(int) override { return {}; }
    void changeProgramName(int, const juce::String&) override {}

    void getStateInformation(juce::MemoryBlock& state) override;
    void setStateInformation(const void* data, int size) override;

    [[nodiscard]] juce::AudioProcessorValueTreeState& state() noexcept { return state_; }
    [[nodiscard]] const LoopBuffer& loop() const noexcept { return loop_; }

private:
    void applyGain(juce::AudioBuffer<float>& buffer);

    juce::AudioProcessorValueTreeState state_;
    std::atomic<float>& gainDb_;
    float lastGain_ = 1;
    LoopBuffer loop_;
};

}
