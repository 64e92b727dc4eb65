#include "lanes.h"

#include <atomic>
#include <functional>
#include <future>
#include <thread>

#include <gmock/gmock.h>

namespace {

using namespace sidespan::test;
using namespace std::chrono_literals;
using sidespan::Consent;
using sidespan::DropReason;
using sidespan::testing::recorded;
using sidespan::testing::tree;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(LaneConsent, UnknownRecordsNothing) {
    SoloRecorder recorder(laneConfig(Consent::unknown));
    auto lane = recorder.openLane(quietLane());
    EXPECT_TRUE(lane.isOpen());
    {
        auto span = lane.span("a");
        EXPECT_FALSE(span.isRecording());
        EXPECT_FALSE(span.context().isValid());
    }
    {
        auto block = lane.block(tenMillis);
        EXPECT_FALSE(block.isRecording());
    }
    EXPECT_TRUE(recorder.flush(patience));
    EXPECT_EQ(recorder.stats(), sidespan::Stats());
}

TEST(LaneConsent, EndsTheContextsThatWereGivenOut) {
    SoloRecorder recorder(laneConfig());
    auto lane = recorder.openLane(quietLane());
    auto block = lane.block(tenMillis);
    auto child = block.child("dsp.filter");
    EXPECT_TRUE(block.context().isValid() && child.context().isValid());
    recorder.consent().set(Consent::denied);
    EXPECT_FALSE(block.context().isValid() || child.context().isValid());
    recorder.consent().set(Consent::granted);
    EXPECT_FALSE(block.context().isValid() || child.context().isValid());
}

TEST(LaneConsent, GrantedAfterOpeningStartsTheDrainThread) {
    ThreadedRecorder recorder(laneConfig(Consent::unknown));
    auto lane = recorder.openLane();
    { auto span = lane.span("before"); }
    recorder.consent().set(Consent::granted);
    { auto span = lane.span("after"); }
    EXPECT_EQ(tree(recorded(recorder)), "after\n");
}

TEST(LaneConsent, GrantedBeforeOpeningStartsItToo) {
    ThreadedRecorder recorder(laneConfig());
    auto lane = recorder.openLane();
    { auto span = lane.span("a"); }
    EXPECT_EQ(tree(recorded(recorder)), "a\n");
}

TEST(LaneConsent, GrantedInTheMiddleOfASpanBeginsWithTheNextOutermostOne) {
    SoloRecorder recorder(laneConfig(Consent::unknown));
    auto lane = recorder.openLane();
    {
        auto root = lane.span("root");
        recorder.consent().set(Consent::granted);
        auto child = root.child("child");
        EXPECT_FALSE(child.isRecording());
    }
    { auto next = lane.span("next"); }
    EXPECT_EQ(tree(recorded(recorder)), "next\n");
}

TEST(LaneConsent, DeniedDropsWhatWasNotDeliveredAndWhatIsOpen) {
    SoloRecorder recorder(laneConfig());
    auto lane = recorder.openLane();
    { auto span = lane.span("published"); }
    {
        auto open = lane.span("open");
        recorder.consent().set(Consent::denied);
        auto child = open.child("child");
    }
    {
        auto span = lane.span("after");
        EXPECT_FALSE(span.isRecording());
    }
    EXPECT_THAT(recorded(recorder), IsEmpty());
    const auto stats = recorder.stats();
    EXPECT_EQ(stats.recorded, 3U);
    EXPECT_EQ(stats.dropped[DropReason::consentWithdrawn], 3U);
    EXPECT_TRUE(stats.isConserved());
}

TEST(LaneConsent, GrantedAgainDoesNotBringBackWhatBeganBefore) {
    SoloRecorder recorder(laneConfig());
    auto lane = recorder.openLane();
    { auto span = lane.span("published"); }
    {
        auto open = lane.span("open");
        recorder.consent().set(Consent::denied);
        recorder.consent().set(Consent::granted);
        auto child = open.child("child");
    }
    { auto span = lane.span("fresh"); }
    EXPECT_EQ(tree(recorded(recorder)), "fresh\n");
    EXPECT_EQ(recorder.stats().dropped[DropReason::consentWithdrawn], 3U);
    EXPECT_TRUE(recorder.stats().isConserved());
}

// Who observes a consent before the recorder does hears of it first; what it does then must find nothing of
// before the denial, though the consent says that it is granted.
TEST(LaneConsent, GrantedAgainBringsNothingBackBeforeTheRecorderHasHeard) {
    const Consent consent(Consent::granted);
    std::function<void()> atOnce;
    const auto subscription = consent.observe([&](Consent::State state) {
        if (state == Consent::granted) atOnce();
    });
    SoloRecorder recorder(laneConfig(consent));
    auto lane = recorder.openLane();
    { auto span = lane.span("old"); }
    atOnce = [&] { EXPECT_TRUE(recorder.flush(patience)); };
    recorder.consent().set(Consent::denied);
    recorder.consent().set(Consent::granted);
    EXPECT_THAT(recorded(recorder), IsEmpty());
    EXPECT_EQ(recorder.stats().dropped[DropReason::consentWithdrawn], 1U);
    EXPECT_TRUE(recorder.stats().isConserved());
}

TEST(LaneConsent, MayChangeOverAndOver) {
    SoloRecorder recorder(laneConfig());
    auto lane = recorder.openLane(smallLane());
    std::uint64_t denied = 0;
    for (int i = 0; i < 500; ++i) {
        { auto span = lane.span("old"); }
        ++denied;
        recorder.consent().set(Consent::denied);
        if (i % 3 == 0) static_cast<void>(recorder.flush(patience));
        recorder.consent().set(Consent::granted);
        { auto span = lane.span("new"); }
        ASSERT_EQ(tree(recorded(recorder)), "new\n") << "round " << i;
        recorder.sink().clear();
    }
    EXPECT_EQ(recorder.stats().dropped[DropReason::consentWithdrawn], denied);
    EXPECT_TRUE(recorder.stats().isConserved());
}

// Every span says which epoch was current at some time after it began; none that says an earlier one than the
// last may be there at the end of a round.
TEST(LaneConsent, NeverLetsThroughAnythingOfAnOlderEpochWhateverTheMoment) {
    auto config = laneConfig();
    config.queue.drainInterval = 1ms;
    ThreadedRecorder recorder(config);
    auto lane = recorder.openLane();
    const auto consent = recorder.consent();
    std::atomic<bool> isOver{false};
    std::thread producer([&] {
        while (!isOver) {
            auto root = lane.span("root");
            root.set("epoch", consent.epoch().number());
            auto child = root.child("child");
        }
    });
    for (int round = 0; round < 150; ++round) {
        recorder.consent().set(Consent::denied);
        recorder.consent().set(Consent::granted);
        const auto current = consent.epoch();
        static_cast<void>(recorder.flush(patience));
        for (const auto& span : recorder.sink().spans()) {
            if (span.name == "root") {
                ASSERT_GE(*span.attributes.at("epoch").asInt(), current.number()) << "round " << round;
            }
        }
    }
    isOver = true;
    producer.join();
    recorder.consent().set(Consent::denied);
    EXPECT_TRUE(recorder.flush(patience));
    EXPECT_THAT(recorder.sink().spans(), IsEmpty());
    EXPECT_TRUE(recorder.stats().isConserved());
}

// A clock that calls back when somebody asks how long its ticks are, as the drain thread does in each pass.
class TellingClock : public sidespan::ManualClock {
public:
    [[nodiscard]] double ticksPerSecond() const noexcept {
        if (onAsked) onAsked();
        return sidespan::ManualClock::ticksPerSecond();
    }
    std::function<void()> onAsked;
};

TEST(LaneConsent, WithdrawnAndGrantedAgainWithinOnePassOfTheDrainThreadKeepsNothingOfBefore) {
    for (int moment = 1; moment <= 4; ++moment) {
        sidespan::Recorder<TellingClock, sidespan::MemorySink, sidespan::NullLock> recorder(laneConfig());
        auto lane = recorder.openLane();
        { auto span = lane.span("old"); }
        int asked = 0;
        recorder.clock().onAsked = [&] {
            if (++asked != moment) return;
            auto consent = recorder.consent();
            consent.set(Consent::denied);
            consent.set(Consent::granted);
        };
        static_cast<void>(recorder.flush(patience));
        recorder.clock().onAsked = {};
        { auto span = lane.span("new"); }
        static_cast<void>(recorder.flush(patience));
        const auto spans = recorder.sink().spans();
        EXPECT_EQ(countNamed(spans, "new"), 1U);
        EXPECT_EQ(countNamed(spans, "old"), asked >= moment ? 0U : 1U) << "moment " << moment;
        EXPECT_TRUE(recorder.stats().isConserved());
    }
}

// One whose purge lasts until a test says so.
class SlowlyPurged : public sidespan::MemorySink {
public:
    using MemorySink::MemorySink;
    void purge() {
        MemorySink::purge();
        if (isSlow.exchange(false)) {
            begun.set_value();
            mayEnd.get_future().wait();
        }
    }
    std::atomic<bool> isSlow{true};
    std::promise<void> begun;
    std::promise<void> mayEnd;
};

TEST(LaneConsent, WithdrawnAndGrantedDuringAPurgeKeepsWhatCameAfter) {
    sidespan::Recorder<sidespan::ManualClock, SlowlyPurged, std::mutex> recorder(laneConfig());
    auto lane = recorder.openLane();
    { auto span = lane.span("old"); }
    recorder.consent().set(Consent::denied);
    recorder.sink().begun.get_future().wait();
    for (const auto state : {Consent::granted, Consent::denied, Consent::granted})
        recorder.consent().set(state);
    { auto span = lane.span("new"); }
    recorder.sink().mayEnd.set_value();
    EXPECT_EQ(tree(recorded(recorder)), "new\n");
    EXPECT_TRUE(recorder.flush(patience)) << "what is due is done again";
    EXPECT_EQ(tree(recorder.sink().spans()), "new\n");
    EXPECT_TRUE(recorder.stats().isConserved());
}

}
