#include "parameters.h"

namespace loopshare::parameters {

namespace {

using Range = juce::NormalisableRange<float>;

auto decibels() {
    return juce::AudioParameterFloatAttributes().withLabel("dB").withStringFromValueFunction(
        [](float value, int) { return juce::String(value, 1); });
}

auto seconds() {
    return juce::AudioParameterFloatAttributes().withLabel("s").withStringFromValueFunction(
        [](float value, int) { return juce::String(value, 1); });
}

// Automation must not upload what the user plays.
auto pressedByHand() {
    return juce::AudioParameterBoolAttributes().withAutomatable(false);
}

}

juce::AudioProcessorValueTreeState::ParameterLayout layout() {
    juce::AudioProcessorValueTreeState::ParameterLayout layout;
    layout.add(std::make_unique<juce::AudioParameterFloat>(juce::ParameterID{gain, 1}, "Input gain",
                                                           Range(-24, 24, 0.1F), 0.0F, decibels()),
               std::make_unique<juce::AudioParameterFloat>(juce::ParameterID{length, 1}, "Loop length",
                                                           Range(1, maxLoopSeconds, 0.1F), 8.0F, seconds()),
               std::make_unique<juce::AudioParameterBool>(juce::ParameterID{share, 1}, "Share", false,
                                                          pressedByHand()));
    return layout;
}

}
