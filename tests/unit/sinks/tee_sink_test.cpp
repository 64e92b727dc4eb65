#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <sidespan/clock/manual_clock.h>
#include <sidespan/lock/null_lock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>
#include <sidespan/sink_memory/testing.h>
#include <sidespan/sink_null/null_sink.h>
#include <sidespan/sink_tee/tee_sink.h>

#include "granted.h"

namespace {

using namespace std::chrono_literals;
using sidespan::Consent;
using sidespan::DropReason;
using sidespan::MemorySink;
using sidespan::test::granted;

std::vector<std::string> calls;

/// A sink that takes every second batch and notes its calls under its name.
template <char name>
class Picky {
public:
    explicit Picky(const sidespan::ValidConfig&) {}
    void start() { note("start"); }
    void consume(const sidespan::SpanBatch& batch) {
        note("consume");
        stats_.received += batch.size();
        (isOdd_ ? stats_.delivered : stats_.dropped[DropReason::rejected]) += batch.size();
        isOdd_ = !isOdd_;
    }
    bool flush(sidespan::Deadline) {
        note("flush");
        return isGood;
    }
    void purge() { note("purge"); }
    bool shutdown(sidespan::Deadline) {
        note("shutdown");
        return isGood;
    }
    void noteUpstreamLosses(const sidespan::DropCounts& losses) {
        if (losses.total() > 0) note("losses");
    }
    [[nodiscard]] sidespan::SinkStats stats() const { return stats_; }

    bool isGood = true;

private:
    static void note(const char* call) { calls.push_back(std::string(1, name) + " " + call); }
    bool isOdd_ = false;
    sidespan::SinkStats stats_;
};

/// One that cannot do without a path.
class Needy : public Picky<'n'> {
public:
    using Picky::Picky;
    static std::optional<sidespan::Error> check(const sidespan::Config& config) {
        if (!config.file.path.empty()) return std::nullopt;
        return sidespan::Error{sidespan::ErrorCode::invalidConfig, "no path"};
    }
};

/// One that waits while it flushes, and has a thread of its own when a test says so.
class Waiting : public Picky<'w'> {
public:
    using Picky::flush;
    using Picky::Picky;
    bool flush(sidespan::Deadline, const sidespan::Meanwhile& meanwhile) { return meanwhile(); }
    [[nodiscard]] bool isOwnThread() const { return isOurs; }
    bool isOurs = false;
};

/// One that notes whether it is to wait, or has no time left and only begins to send.
template <char name>
class Timed : public Picky<name> {
public:
    using Picky<name>::Picky;
    bool flush(sidespan::Deadline deadline) {
        const bool isOver = deadline <= std::chrono::steady_clock::now();
        calls.push_back(std::string(1, name) + (isOver ? " begins" : " waits"));
        return !isOver;
    }
    bool shutdown(sidespan::Deadline deadline) { return flush(deadline); }
};

template <class Sink>
using RecorderInto = sidespan::Recorder<sidespan::ManualClock, Sink, sidespan::NullLock>;

class TeeSink : public ::testing::Test {
protected:
    using Sink = sidespan::TeeSink<MemorySink, Picky<'b'>, Picky<'c'>>;
    void SetUp() override { calls.clear(); }
    RecorderInto<Sink> recorder{granted()};
};

static_assert(sidespan::SinkPolicy<sidespan::TeeSink<MemorySink, sidespan::NullSink>>);
static_assert(sidespan::SinkPolicy<sidespan::TeeSink<MemorySink>>);

TEST_F(TeeSink, GivesEveryCallToEachInTurn) {
    { auto span = recorder.span("a"); }
    EXPECT_TRUE(recorder.flush(1s));
    recorder.consent().set(Consent::denied);
    EXPECT_TRUE(recorder.shutdown(1s));
    EXPECT_THAT(calls, ::testing::ElementsAre("b start", "c start", "b consume", "c consume", "b flush",
                                              "c flush", "b purge", "c purge", "b flush", "c flush",
                                              "b shutdown", "c shutdown"));
}

TEST_F(TeeSink, LetsEachKeepItsOwnBooks) {
    for (int i = 0; i < 4; ++i) {
        { auto span = recorder.span("a"); }
        EXPECT_TRUE(recorder.flush(1s));
    }
    EXPECT_EQ(recorder.sink().sink<MemorySink>().stats().delivered, 4U);
    EXPECT_EQ(recorder.sink().sink<Picky<'b'>>().stats().delivered, 2U);
    EXPECT_EQ(recorder.sink().sink<Picky<'b'>>().stats().dropped[DropReason::rejected], 2U);
}

TEST_F(TeeSink, AnswersWithTheBooksOfTheFirst) {
    { auto span = recorder.span("a"); }
    EXPECT_TRUE(recorder.flush(1s));
    EXPECT_EQ(recorder.sink().stats(), recorder.sink().sink<MemorySink>().stats());
    EXPECT_EQ(recorder.stats().delivered, 1U);
    EXPECT_TRUE(recorder.stats().isConserved());

    RecorderInto<sidespan::TeeSink<Picky<'d'>, MemorySink>> other(granted());
    { auto span = other.span("a"); }
    EXPECT_TRUE(other.flush(1s));
    EXPECT_EQ(other.stats().delivered, 0U);
    EXPECT_EQ(other.stats().dropped[DropReason::rejected], 1U);
    EXPECT_TRUE(other.stats().isConserved());
}

TEST_F(TeeSink, FlushesAndShutsDownOnlyWhenAllDoAndStillAsksEach) {
    recorder.sink().sink<Picky<'b'>>().isGood = false;
    { auto span = recorder.span("a"); }
    EXPECT_FALSE(recorder.flush(1s));
    EXPECT_FALSE(recorder.shutdown(1s));
    EXPECT_THAT(calls, ::testing::IsSupersetOf({"c flush", "c shutdown"}));
    EXPECT_EQ(recorder.sink().sink<MemorySink>().spans().size(), 1U);
}

TEST_F(TeeSink, PurgesWhatAMemorySinkInItHolds) {
    { auto span = recorder.span("a"); }
    EXPECT_TRUE(recorder.flush(1s));
    recorder.consent().set(Consent::denied);
    EXPECT_TRUE(recorder.sink().sink<MemorySink>().spans().empty());
}

TEST(NullSink, TakesEverythingAndKeepsNothing) {
    static_assert(sidespan::DiscardingSink<sidespan::NullSink>);
    static_assert(!sidespan::DiscardingSink<MemorySink>);
    sidespan::NullSink sink;
    const sidespan::Resource resource;
    sink.start();
    sink.consume(sidespan::SpanBatch({}, 0, resource));
    sink.purge();
    EXPECT_TRUE(sink.flush({}));
    EXPECT_TRUE(sink.shutdown({}));
    EXPECT_EQ(sink.stats(), sidespan::SinkStats());
}

TEST_F(TeeSink, PassesOnWhatWasLostToThoseWhoAsk) {
    sidespan::DropCounts losses;
    losses[DropReason::queueFull] = 7;
    recorder.sink().noteUpstreamLosses(losses);
    EXPECT_THAT(calls, ::testing::ElementsAre("b losses", "c losses"));
}

TEST_F(TeeSink, LetsASinkThatWaitsSaySo) {
    sidespan::TeeSink<Waiting, Picky<'a'>> tee(sidespan::validate(granted()).value());
    int turns = 0;
    EXPECT_TRUE(tee.flush(sidespan::deadlineIn(1h), [&] { return ++turns == 1; }));
    EXPECT_FALSE(tee.flush(sidespan::deadlineIn(1h), [&] { return ++turns == 1; }));
    EXPECT_EQ(turns, 2);
    EXPECT_FALSE(tee.isOwnThread());
    tee.sink<Waiting>().isOurs = true;
    EXPECT_TRUE(tee.isOwnThread());
}

TEST_F(TeeSink, LetsEachSendBeforeItWaitsForAnyOfThem) {
    sidespan::TeeSink<Timed<'b'>, Timed<'c'>> tee(sidespan::validate(granted()).value());
    for (const auto call : {0, 1, 2}) {
        calls.clear();
        const auto deadline = sidespan::deadlineIn(1h);
        EXPECT_TRUE(call == 0   ? tee.flush(deadline)
                    : call == 1 ? tee.flush(deadline, [] { return true; })
                                : tee.shutdown(deadline));
        EXPECT_THAT(calls, ::testing::ElementsAre("c begins", "b waits", "c waits")) << call;
    }
}

TEST_F(TeeSink, LacksWhatOneOfItsSinksLacks) {
    using Tee = sidespan::TeeSink<Picky<'a'>, Needy, MemorySink>;
    sidespan::Recorder<sidespan::ManualClock, Tee, std::mutex> without(granted());
    ASSERT_TRUE(without.configError());
    EXPECT_EQ(without.configError()->message, "no path");
    EXPECT_FALSE(without.span("a").isRecording());
    auto config = granted();
    config.file.path = "spans.jsonl";
    sidespan::Recorder<sidespan::ManualClock, Tee, std::mutex> with(config);
    EXPECT_FALSE(with.configError());
    EXPECT_TRUE(with.span("a").isRecording());
}

}
