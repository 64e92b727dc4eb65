#include "recent_traces.h"

#include <chrono>

#include <gtest/gtest.h>
#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>

namespace loopshare {
namespace {

using namespace std::chrono_literals;
using TestRecorder = sidespan::Recorder<sidespan::SteadyClock, RecentTraces, std::mutex>;

class RecentTracesTest : public ::testing::Test {
protected:
    static sidespan::Config config() {
        sidespan::Config config;
        config.consent = sidespan::Consent::granted;
        return config;
    }

    RecentTraces& recent() {
        EXPECT_TRUE(recorder_.flush(10s));
        return recorder_.sink();
    }

    /// Blocks of one instance, all kept.
    void play(int blocks, std::int64_t instance) {
        auto lane = recorder_.openLane({.sampleRate = 48'000, .keepOverLoad = 0, .maxKeptPerSecond = 10'000});
        for (int i = 1; i <= blocks; ++i) {
            auto block = lane.block(64);
            block.set("plugin.instance", instance);
            block.set("loop.end_frame", 64 * i);
            auto gain = block.child("dsp.gain");
        }
    }

    TestRecorder recorder_{config()};
};

TEST_F(RecentTracesTest, ShowOperationsNewestFirst) {
    {
        auto upload = recorder_.span("audio.upload");
        auto encode = upload.child("audio.encode");
        encode.setStatus(sidespan::SpanStatus::error, "full");
    }
    { auto feed = recorder_.span("feed.refresh"); }
    const auto operations = recent().operations();
    ASSERT_EQ(operations.size(), 2U);
    EXPECT_EQ(operations[0].root()->name, "feed.refresh");
    const auto& upload = operations[1];
    ASSERT_EQ(upload.spans.size(), 2U);
    EXPECT_EQ(upload.root()->name, "audio.upload");
    EXPECT_EQ(upload.spans[0].parent, upload.root()->id);
    EXPECT_EQ(upload.spans[0].status, sidespan::SpanStatus::error);
    EXPECT_GE(upload.milliseconds(), 0);
}

TEST_F(RecentTracesTest, AreNotPushedOutByAudioBlocks) {
    { auto upload = recorder_.span("audio.upload"); }
    play(500, 1);
    EXPECT_EQ(recent().operations().size(), 1U);
    const auto block = recent().lastBlock();
    ASSERT_TRUE(block);
    EXPECT_EQ(block->root()->name, "audio.block");
    EXPECT_EQ(block->spans.size(), 2U);
}

TEST_F(RecentTracesTest, AreBounded) {
    for (int i = 0; i < 100; ++i) auto span = recorder_.span("feed.refresh");
    {
        auto root = recorder_.span("audio.upload");
        for (int i = 0; i < 200; ++i) auto child = root.child("audio.encode");
    }
    EXPECT_EQ(recent().operations().size(), RecentTraces::maxOperations);
    EXPECT_EQ(recent().operations()[0].spans.size(), RecentTraces::maxSpansInTrace);
    ASSERT_NE(recent().operations()[0].root(), nullptr);
    EXPECT_EQ(recent().operations()[0].root()->name, "audio.upload");
}

TEST_F(RecentTracesTest, KnowWhichBlocksWereKeptOfAnInstance) {
    play(3, 1);
    play(5, 2);
    EXPECT_EQ(recent().blocksOf(1, 0, 10'000).size(), 3U);
    EXPECT_EQ(recent().blocksOf(2, 0, 10'000).size(), 5U);
    EXPECT_TRUE(recent().blocksOf(3, 0, 10'000).empty());
    EXPECT_TRUE(recent().blocksOf(1, 3 * 64, 9 * 64).empty());
    EXPECT_EQ(recent().blocksOf(2, 65, 4 * 64).size(), 3U);
    for (const auto& block : recent().blocksOf(2, 0, 10'000)) EXPECT_TRUE(block.isValid());
}

TEST_F(RecentTracesTest, KeepTheBlocksOfAnInstanceWhileOthersPlayMore) {
    play(2, 1);
    for (int instance = 2; instance <= 50; ++instance) play(20, instance);
    EXPECT_EQ(recent().blocksOf(1, 0, 10'000).size(), 2U);
    EXPECT_EQ(recent().blocksOf(50, 0, 10'000).size(), RecentTraces::maxBlocks);
}

TEST_F(RecentTracesTest, HoldTheLastSummaryOfTheLoad) {
    EXPECT_FALSE(recent().load());
    play(40, 1);  // a lane that closes sums up
    ASSERT_TRUE(recent().load());
    EXPECT_EQ(recent().load()->blocks, 40);
    EXPECT_GT(recent().load()->max, 0);
}

TEST_F(RecentTracesTest, AreForgottenWhenConsentIsWithdrawn) {
    { auto upload = recorder_.span("audio.upload"); }
    play(3, 1);
    ASSERT_FALSE(recent().operations().empty());
    const auto before = recent().version();
    recorder_.consent().set(sidespan::Consent::denied);
    EXPECT_TRUE(recent().operations().empty());
    EXPECT_FALSE(recent().lastBlock());
    EXPECT_TRUE(recent().blocksOf(1, 0, 10'000).empty());
    EXPECT_NE(recent().version(), before);
}

}
}
