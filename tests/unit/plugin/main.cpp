#include <gtest/gtest.h>
#include <juce_events/juce_events.h>

// The tests run on JUCE's message thread, as the calls of a host and of the window do.
int main(int argc, char** argv) {
    const juce::ScopedJuceInitialiser_GUI juce;
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
