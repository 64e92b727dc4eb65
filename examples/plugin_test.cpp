// A plugin's own tests of its instrumentation, with GoogleTest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sidespan/sidespan.h>
#include <sidespan/sink_memory/testing.h>

using namespace sidespan::testing;
using ::testing::AllOf;
using ::testing::Contains;

// What a plugin would have: it takes the recorder of its target, whatever sink that chose.
void shareLoop(sidespan::DefaultRecorder& recorder, bool isOnline) {
    auto share = recorder.span("loop.share");
    share.child("audio.encode").set("codec", "flac");
    if (!isOnline) share.setStatus(sidespan::SpanStatus::error, "no network");
}

class ShareLoop : public ::testing::Test {
protected:
    sidespan::DefaultRecorder recorder_{
        {.service = {"LoopShare", "1.2.0"}, .consent = sidespan::Consent::granted}};
};

TEST_F(ShareLoop, EncodesBeforeItShares) {
    shareLoop(recorder_, true);
    const auto spans = recorded(recorder_);
    EXPECT_EQ(tree(spans), "loop.share\n  audio.encode\n");
    EXPECT_THAT(spans, Contains(AllOf(hasName("audio.encode"), hasAttribute("codec", "flac"))));
}

TEST_F(ShareLoop, SaysWhyItFailed) {
    shareLoop(recorder_, false);
    EXPECT_THAT(only(recorded(recorder_), hasName("loop.share")), hasStatus("error", "no network"));
}
