#include "share.h"

#include "integration/http_lifetime/counted_calls.h"
#include "loop_share_fixture.h"

namespace loopshare::testing {
namespace {

using sidespan::test::faults::answer;
using sidespan::test::faults::silent;
using Stage = Share::Stage;

constexpr auto uploadPath = "/api/v1/audio/upload";

class ShareTest : public LoopShareTest {
protected:
    static LoopSnapshot loop(double seconds = 1) {
        juce::AudioBuffer<float> audio(2, static_cast<int>(seconds * 48'000));
        for (int i = 0; i < audio.getNumSamples(); ++i) {
            for (int channel = 0; channel < 2; ++channel) {
                audio.setSample(channel, i, 0.5F * std::sin(static_cast<float>(i) / 50.0F));
            }
        }
        return {std::move(audio), 48'000};
    }

    Share::Status shareAndWait(const std::shared_ptr<Session>& session, LoopSnapshot snapshot) {
        share_.start(session, std::move(snapshot), {.name = juce::String::fromUTF8("Loop ä"), .blocks = {}});
        EXPECT_TRUE(eventually([&] { return overs_ == 1; }));
        return share_.status();
    }

    std::atomic<int> overs_{0};
    Share share_{[this] { ++overs_; }};
};

TEST_F(ShareTest, UploadsFlacAndTracesIt) {
    server_.then(answer(200, R"({"id":"1"})"));
    const auto session = this->session();
    const auto status = shareAndWait(session, loop());
    EXPECT_EQ(status.stage, Stage::done);
    EXPECT_EQ(lastOperation(*session), "audio.upload audio.read audio.encode network.post");
    const auto upload = request(uploadPath);
    EXPECT_EQ(upload.header("content-type"), "audio/flac");
    EXPECT_EQ(upload.header("x-file-name"), "Loop%20%C3%A4");
    EXPECT_EQ(upload.header("x-trace-id"), status.traceId);
    EXPECT_TRUE(upload.body.starts_with("fLaC"));
}

TEST_F(ShareTest, WorksForAUserWhoRefusesTelemetryAndTellsNobodyOfIt) {
    server_.then(answer(200, R"({"id":"1"})"));
    const auto session = this->session(Consent::denied);
    EXPECT_EQ(shareAndWait(session, loop()).stage, Stage::done);
    const auto upload = request(uploadPath);
    EXPECT_TRUE(upload.body.starts_with("fLaC"));
    for (const auto* name : {"traceparent", "x-trace-id", "x-span-id", "x-parent-span-id"}) {
        EXPECT_EQ(upload.header(name), "") << name;
    }
    EXPECT_EQ(share_.status().traceId, "");
    EXPECT_EQ(server_.requestCount(), 1U);
    EXPECT_EQ(session->recorder().stats().recorded, 0U);
}

TEST_F(ShareTest, CanBeCancelledWhileTheServiceIsSilent) {
    server_.then(silent());
    share_.start(session(), loop(), {.name = "Loop", .blocks = {}});
    ASSERT_TRUE(eventually([&] { return server_.requestCount() == 1; }));
    EXPECT_EQ(share_.status().stage, Stage::uploading);
    share_.cancel();
    ASSERT_TRUE(eventually([&] { return overs_ == 1; }));
    EXPECT_EQ(share_.status().stage, Stage::cancelled);
}

TEST_F(ShareTest, CanBeCancelledBeforeItsThreadHasBegun) {
    server_.otherwise(silent());
    const auto session = this->session();
    for (int i = 1; i <= 50; ++i) {
        share_.start(session, loop(0.1), {.name = "Loop", .blocks = {}});
        share_.cancel();
        ASSERT_TRUE(eventually([&] { return overs_ == i; }));
        ASSERT_EQ(share_.status().stage, Stage::cancelled);
    }
}

TEST_F(ShareTest, GivesUpWhenItsInstanceIsGone) {
    server_.then(silent());
    const auto session = this->session();
    {
        Share share([this] { ++overs_; });
        share.start(session, loop(), {.name = "Loop", .blocks = {}});
        ASSERT_TRUE(eventually([&] { return server_.requestCount() == 1; }));
    }
    EXPECT_EQ(overs_, 1);
}

TEST_F(ShareTest, SaysWhenThereIsNothingToShare) {
    const auto status = shareAndWait(session(), {});
    EXPECT_EQ(status.stage, Stage::failed);
    ASSERT_TRUE(status.error);
    EXPECT_EQ(status.error->message, "there is nothing to share yet: nothing has been played");
}

TEST_F(ShareTest, SaysWhenThereIsNoThreadToShareWith) {
    server_.then(answer(200, R"({"id":"1"})"));
    const auto session = this->session();
    sidespan::test::refuseThreads(true);
    share_.start(session, loop(), {.name = "Loop", .blocks = {}});
    sidespan::test::refuseThreads(false);
    ASSERT_EQ(overs_, 1);
    ASSERT_EQ(share_.status().stage, Stage::failed);
    EXPECT_EQ(share_.status().error->code, sidespan::ErrorCode::resource);
    overs_ = 0;
    EXPECT_EQ(shareAndWait(session, loop()).stage, Stage::done);
}

TEST_F(ShareTest, SaysWhenTheServiceRefuses) {
    server_.then(answer(413));
    const auto status = shareAndWait(session(), loop());
    EXPECT_EQ(status.stage, Stage::failed);
    EXPECT_EQ(status.error->code, sidespan::ErrorCode::tooLarge);
    EXPECT_FALSE(status.traceId.empty());
}

TEST_F(ShareTest, SharesAgainAfterwards) {
    server_.then(answer(413)).then(answer(200, R"({"id":"1"})"));
    const auto session = this->session();
    shareAndWait(session, loop());
    overs_ = 0;
    EXPECT_EQ(shareAndWait(session, loop()).stage, Stage::done);
}

}
}
