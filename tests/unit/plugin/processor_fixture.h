#pragma once

#include <gtest/gtest.h>

#include "loop_share_fixture.h"
#include "processor.h"

namespace loopshare::testing {

/// The plugin as a host has it, and what it plays.
class ProcessorTest : public LoopShareTest {
protected:
    static juce::AudioBuffer<float> sound(int channels, int frames) {
        juce::AudioBuffer<float> block(channels, frames);
        juce::Random random(1);
        for (int channel = 0; channel < channels; ++channel) {
            for (int i = 0; i < frames; ++i) block.setSample(channel, i, random.nextFloat() * 2 - 1);
        }
        return block;
    }

    static void set(LoopShareProcessor& processor, const char* id, float value) {
        auto& parameter = *processor.state().getParameter(id);
        parameter.setValueNotifyingHost(parameter.convertTo0to1(value));
    }

    /// As from a host that has kept this text.
    static void restore(LoopShareProcessor& processor, const juce::String& text) {
        constexpr juce::uint32 magic = 0x21324356;  // as copyXmlToBinary() writes it
        juce::MemoryOutputStream blob;
        blob.writeInt(static_cast<int>(magic));
        blob.writeInt(static_cast<int>(text.getNumBytesAsUTF8()));
        blob << text;
        blob.writeByte(0);
        processor.setStateInformation(blob.getData(), static_cast<int>(blob.getDataSize()));
    }

    /// Whether the button is pressed once the messages that wait are dealt with.
    static bool eventuallyPressed(LoopShareProcessor& processor) {
        while (dispatchNextMessage()) {
        }
        return processor.share().status().stage != Share::Stage::idle;
    }

    static void process(LoopShareProcessor& processor, juce::AudioBuffer<float>& block) {
        juce::MidiBuffer midi;
        processor.processBlock(block, midi);
    }
};

}
