#include <sidespan/juce/juce_string.h>

#include <mutex>

#include <gtest/gtest.h>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>
#include <sidespan/sink_memory/testing.h>

namespace sidespan::test {
namespace {

class JuceStringTest : public ::testing::Test {
protected:
    AttributeValue valueOf(const char* key) {
        const auto spans = sidespan::testing::recorded(recorder_);
        return sidespan::testing::only(spans, sidespan::testing::hasAttribute(key)).attributes.at(key);
    }

    Recorder<SteadyClock, MemorySink, std::mutex> recorder_{
        {.service = {"LoopShare", "1.2.0"}, .consent = Consent::granted}};
};

TEST_F(JuceStringTest, IsAnAttributesText) {
    recorder_.span("preset.load").set("preset.name", juce::String::fromUTF8("Größe ♫"));
    EXPECT_EQ(valueOf("preset.name"), "Größe ♫");
}

TEST_F(JuceStringTest, IsTextWhenEmptyAndWhenMadeForTheCall) {
    auto span = recorder_.openSpan("preset.load");
    span.set("empty", juce::String());
    span.set("made", "gain " + juce::String(-6.5));
    span.end();
    EXPECT_EQ(valueOf("empty"), "");
    EXPECT_EQ(valueOf("made"), "gain -6.5");
}

TEST_F(JuceStringTest, GivesIdentifiersAndReferencesToo) {
    auto span = recorder_.openSpan("parameter.change");
    span.set("id", juce::Identifier("inputGain"));
    span.set("ref", juce::StringRef("a literal"));
    span.event("renamed", attr("to", juce::String("loop")));
    span.end();
    EXPECT_EQ(valueOf("id"), "inputGain");
    EXPECT_EQ(valueOf("ref"), "a literal");
}

TEST_F(JuceStringTest, IsReadWhereItLies) {
    const juce::String text("never copied");
    EXPECT_EQ(detail::textOf(text).data(), text.toRawUTF8());
}

}
}
