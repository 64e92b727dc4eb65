#include "processor.h"

#include "loop_share_fixture.h"
#include "parameters.h"
#include "realtime/interposed_calls.h"

namespace loopshare::testing {
namespace {

using sidespan::test::callsWithin;

class ProcessorRealtimeTest : public LoopShareTest {
protected:
    /// What a second of blocks calls, some of which are kept and one of which is empty.
    static sidespan::test::CallCounts callsOf(LoopShareProcessor& processor) {
        juce::AudioBuffer<float> block(2, 64);
        juce::AudioBuffer<float> empty(2, 0);
        juce::MidiBuffer midi;
        block.clear();
        return callsWithin([&] {
            for (int i = 0; i < 750; ++i) processor.processBlock(block, midi);
            processor.processBlock(empty, midi);
        });
    }

    static void expectNothing(const sidespan::test::CallCounts& counts) {
        EXPECT_EQ(counts.allocations, 0U);
        EXPECT_EQ(counts.releases, 0U);
        EXPECT_EQ(counts.locks, 0U);
        EXPECT_EQ(counts.conditions, 0U);
    }
};

TEST_F(ProcessorRealtimeTest, NeitherAllocatesNorLocks) {
    const auto session = this->session();
    LoopShareProcessor processor;
    auto& gain = *processor.state().getParameter(parameters::gain);
    gain.setValueNotifyingHost(gain.convertTo0to1(-6));
    processor.prepareToPlay(48'000, 64);
    expectNothing(callsOf(processor));
    EXPECT_TRUE(session->recorder().flush(std::chrono::seconds(10)));
    EXPECT_GE(session->recorder().stats().recorded, 3U);  // blocks were kept
}

TEST_F(ProcessorRealtimeTest, NeitherAllocatesNorLocksWithoutConsent) {
    static_cast<void>(session(Consent::denied));
    LoopShareProcessor processor;
    processor.prepareToPlay(48'000, 64);
    expectNothing(callsOf(processor));
}

}
}
