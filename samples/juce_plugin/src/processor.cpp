#include "processor.h"

#include "parameters.h"

namespace loopshare {

LoopShareProcessor::LoopShareProcessor()
    : AudioProcessor(BusesProperties()
                         .withInput("Input", juce::AudioChannelSet::stereo(), true)
                         .withOutput("Output", juce::AudioChannelSet::stereo(), true)),
      state_(*this, nullptr, "LoopShare", parameters::layout()),
      gainDb_(*state_.getRawParameterValue(parameters::gain)) {}

LoopShareProcessor::~LoopShareProcessor() = default;

bool LoopShareProcessor::isBusesLayoutSupported(const BusesLayout& layouts) const {
    const auto output = layouts.getMainOutputChannelSet();
    const bool isMonoOrStereo =
        output == juce::AudioChannelSet::mono() || output == juce::AudioChannelSet::stereo();
    return isMonoOrStereo && output == layouts.getMainInputChannelSet();
}

void LoopShareProcessor::prepareToPlay(double sampleRate, int) {
    loop_.prepare(getTotalNumOutputChannels(), sampleRate, parameters::maxLoopSeconds);
    lastGain_ = juce::Decibels::decibelsToGain(gainDb_.load());
}

void LoopShareProcessor::processBlock(juce::AudioBuffer<float>& buffer, juce::MidiBuffer&) {
    const juce::ScopedNoDenormals noDenormals;
    applyGain(buffer);
    loop_.write(buffer);
}

// At 0 dB not a bit changes.
void LoopShareProcessor::applyGain(juce::AudioBuffer<float>& buffer) {
    const float gain = juce::Decibels::decibelsToGain(gainDb_.load(std::memory_order_relaxed));
    if (gain != 1 || lastGain_ != 1) buffer.applyGainRamp(0, buffer.getNumSamples(), lastGain_, gain);
    lastGain_ = gain;
}

juce::AudioProcessorEditor* LoopShareProcessor::createEditor() {
    return new juce::GenericAudioProcessorEditor(*this);
}

void LoopShareProcessor::getStateInformation(juce::MemoryBlock& state) {
    const auto xml = state_.copyState().createXml();
    copyXmlToBinary(*xml, state);
}

void LoopShareProcessor::setStateInformation(const void* data, int size) {
    const auto xml = getXmlFromBinary(data, size);
    if (xml && xml->hasTagName(state_.state.getType())) state_.replaceState(juce::ValueTree::fromXml(*xml));
}

}

juce::AudioProcessor* JUCE_CALLTYPE createPluginFilter() {
    return new loopshare::LoopShareProcessor();
}
