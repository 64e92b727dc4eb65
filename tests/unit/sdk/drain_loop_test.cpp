#include "probe_sink.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#if !defined(_WIN32)
#include <pthread.h>
#include <sched.h>
#endif

#include <gtest/gtest.h>
#include <sidespan/detail/drain/drain_loop.h>
#include <sidespan/detail/drain/inline_drain.h>

namespace {

using namespace std::chrono_literals;
using sidespan::Deadline;
using sidespan::deadlineIn;
using sidespan::test::Moment;

constexpr auto patience = 20s;

class Target : public sidespan::detail::DrainTarget {
public:
    std::atomic<int> starts{0};
    std::atomic<int> drains{0};
    std::atomic<int> flushes{0};
    std::atomic<int> purgeRequests{0};
    std::atomic<int> purges{0};
    std::atomic<int> shutdowns{0};
    std::function<void()> onStart;
    std::function<bool()> onDrain;
    std::function<void()> onPurge;
    std::function<bool(const sidespan::Meanwhile&)> onFlush;
    std::thread::id preparedOn{};
    std::thread::id sinkThread{};
    bool isGood = true;

    void prepareSink() override { preparedOn = std::this_thread::get_id(); }
    void startSink() override {
        ++starts;
        if (onStart) onStart();
    }
    bool drain() override {
        ++drains;
        return onDrain && onDrain();
    }
    bool flushSink(Deadline, const sidespan::Meanwhile& meanwhile) override {
        ++flushes;
        return onFlush ? onFlush(meanwhile) : isGood;
    }
    void requestPurge() noexcept override { ++purgeRequests; }
    void purgeSink() override {
        ++purges;
        if (onPurge) onPurge();
    }
    bool shutdownSink(Deadline) override {
        ++shutdowns;
        return isGood;
    }
    [[nodiscard]] bool isSinkThread() const override { return sinkThread == std::this_thread::get_id(); }
};

class DrainLoop : public ::testing::Test {
protected:
    Target target;
    std::unique_ptr<sidespan::detail::DrainLoop> loop =
        std::make_unique<sidespan::detail::DrainLoop>(target, 10s);

    void TearDown() override {
        if (loop) loop->stop(deadlineIn(patience));
    }
};

TEST_F(DrainLoop, DrainsBeforeItFlushes) {
    target.onDrain = [count = 0]() mutable { return ++count < 100; };
    ASSERT_TRUE(loop->start());
    EXPECT_TRUE(loop->flush(deadlineIn(patience)));
    EXPECT_GE(target.drains, 1);
    EXPECT_EQ(target.flushes, 1);
    EXPECT_EQ(target.starts, 1);
}

// The host's, which waits for none of ours while it loads libraries.
TEST_F(DrainLoop, PreparesTheSinkOnTheThreadThatStartsIt) {
    ASSERT_TRUE(loop->start());
    EXPECT_EQ(target.preparedOn, std::this_thread::get_id());
}

TEST_F(DrainLoop, SaysWhatTheSinkSays) {
    target.isGood = false;
    ASSERT_TRUE(loop->start());
    EXPECT_FALSE(loop->flush(deadlineIn(patience)));
    EXPECT_FALSE(loop->stop(deadlineIn(patience)));
    EXPECT_FALSE(loop->stop(deadlineIn(patience)));
    EXPECT_EQ(target.shutdowns, 1);
}

TEST_F(DrainLoop, GoesOnDrainingWhileTheSinkFlushes) {
    target.onFlush = [&](const sidespan::Meanwhile& meanwhile) {
        const int before = target.drains;
        while (target.drains < before + 3) EXPECT_TRUE(meanwhile());
        return true;
    };
    ASSERT_TRUE(loop->start());
    EXPECT_TRUE(loop->flush(deadlineIn(patience)));
}

TEST_F(DrainLoop, GivesAFlushUpForAShutdownThatThenAnswersIt) {
    Moment isFlushing;
    target.onFlush = [&, isFirst = true](const sidespan::Meanwhile& meanwhile) mutable {
        if (std::exchange(isFirst, false)) isFlushing.come();
        while (meanwhile()) std::this_thread::yield();
        return false;
    };
    ASSERT_TRUE(loop->start());
    bool isFlushed = false;
    std::thread flusher([&] { isFlushed = loop->flush(deadlineIn(patience)); });
    ASSERT_TRUE(isFlushing.waitFor(patience));
    EXPECT_TRUE(loop->stop(deadlineIn(patience)));
    flusher.join();
    EXPECT_TRUE(isFlushed) << "the shutdown delivered it";
    EXPECT_EQ(target.shutdowns, 1);
}

TEST_F(DrainLoop, WaitsForNothingOnAThreadOfTheSinks) {
    Moment isFree;
    target.onDrain = [&, isFirst = true]() mutable {
        if (!std::exchange(isFirst, false)) return false;
        EXPECT_TRUE(isFree.waitFor(patience));
        return false;
    };
    ASSERT_TRUE(loop->start());
    target.sinkThread = std::this_thread::get_id();
    EXPECT_FALSE(loop->flush(deadlineIn(patience)));
    EXPECT_FALSE(loop->stop(deadlineIn(patience)));
    target.sinkThread = {};
    isFree.come();
    EXPECT_TRUE(loop->stop(deadlineIn(patience)));
}

TEST_F(DrainLoop, DrainsAtItsInterval) {
    loop = std::make_unique<sidespan::detail::DrainLoop>(target, 1ms);
    Moment isThird;
    target.onDrain = [&, count = 0]() mutable {
        if (++count == 3) isThird.come();
        return true;
    };
    ASSERT_TRUE(loop->start());
    EXPECT_TRUE(isThird.waitFor(patience));
    loop->stop(deadlineIn(patience));
}

TEST_F(DrainLoop, DrainsAtOnceWhenItIsWoken) {
    loop = std::make_unique<sidespan::detail::DrainLoop>(target, 10s);
    Moment isDrained;
    target.onDrain = [&, isFirst = true]() mutable {
        if (std::exchange(isFirst, false)) isDrained.come();
        return false;
    };
    ASSERT_TRUE(loop->start());
    loop->waker()->wake();
    EXPECT_TRUE(isDrained.waitFor(8s));
    loop->stop(deadlineIn(patience));
}

TEST_F(DrainLoop, PurgesSoonAfterItIsAsked) {
    Moment isPurged;
    target.onPurge = [&] { isPurged.come(); };
    ASSERT_TRUE(loop->start());
    loop->purge();
    EXPECT_TRUE(isPurged.waitFor(8s));
    loop->stop(deadlineIn(patience));
    EXPECT_EQ(target.purgeRequests, 1);
}

TEST_F(DrainLoop, DrainsAndShutsDownWhenItIsStopped) {
    ASSERT_TRUE(loop->start());
    EXPECT_TRUE(loop->stop(deadlineIn(patience)));
    EXPECT_GE(target.drains, 1);
    EXPECT_EQ(target.shutdowns, 1);
    EXPECT_TRUE(loop->flush(deadlineIn(patience))) << "everything was delivered";
    EXPECT_EQ(target.flushes, 0);
}

TEST_F(DrainLoop, RefusesToFlushOrStopOnItsOwnThread) {
    bool isFlushed = true;
    bool isStopped = true;
    target.onStart = [&] {
        isFlushed = loop->flush(deadlineIn(patience));
        isStopped = loop->stop(deadlineIn(patience));
    };
    ASSERT_TRUE(loop->start());
    loop->stop(deadlineIn(patience));
    EXPECT_FALSE(isFlushed);
    EXPECT_FALSE(isStopped);
}

TEST_F(DrainLoop, LeavesItsWakerToThoseWhoHoldIt) {
    ASSERT_TRUE(loop->start());
    const auto waker = loop->waker();
    loop->stop(deadlineIn(patience));
    loop.reset();
    waker->wake();
    EXPECT_EQ(waker.use_count(), 1);
}

#if !defined(_WIN32)
TEST_F(DrainLoop, RunsAnOrdinaryThreadWithEverySignalBlocked) {
    bool areBlocked = false;
    int policy = -1;
    std::string name(16, '\0');
    target.onStart = [&] {
        sigset_t set;
        pthread_sigmask(SIG_SETMASK, nullptr, &set);
        areBlocked = sigismember(&set, SIGTERM) == 1 && sigismember(&set, SIGINT) == 1 &&
                     sigismember(&set, SIGUSR1) == 1 && sigismember(&set, SIGPIPE) == 1;
        sched_param parameters{};
        pthread_getschedparam(pthread_self(), &policy, &parameters);
        pthread_getname_np(pthread_self(), name.data(), name.size());
    };
    ASSERT_TRUE(loop->start());
    loop->stop(deadlineIn(patience));
    EXPECT_TRUE(areBlocked);
    EXPECT_EQ(policy, SCHED_OTHER);
    EXPECT_STREQ(name.c_str(), "sidespan-drain");
}
#endif

class InlineDrain : public ::testing::Test {
protected:
    Target target;
    sidespan::detail::InlineDrain drain{target, 1ms};
};

TEST_F(InlineDrain, DoesEverythingOnTheThreadThatAsks) {
    const auto self = std::this_thread::get_id();
    auto seen = std::thread::id();
    target.onDrain = [&] {
        seen = std::this_thread::get_id();
        return true;
    };
    ASSERT_TRUE(drain.start());
    EXPECT_EQ(target.starts, 0);
    EXPECT_TRUE(drain.flush(deadlineIn(patience)));
    EXPECT_EQ(seen, self);
    EXPECT_EQ(target.starts, 1);
    EXPECT_EQ(target.flushes, 1);
}

TEST_F(InlineDrain, RefusesACallFromWithinAnother) {
    bool isFlushed = true;
    bool isStopped = true;
    target.onDrain = [&] {
        isFlushed = drain.flush(deadlineIn(patience));
        isStopped = drain.stop(deadlineIn(patience));
        return true;
    };
    EXPECT_TRUE(drain.flush(deadlineIn(patience)));
    EXPECT_FALSE(isFlushed);
    EXPECT_FALSE(isStopped);
    EXPECT_EQ(target.drains, 1);
}

TEST_F(InlineDrain, DrainsWhenItIsWokenAndNotFromWithin) {
    target.onDrain = [&] {
        drain.waker()->wake();
        return true;
    };
    ASSERT_TRUE(drain.start());
    drain.waker()->wake();
    EXPECT_EQ(target.starts, 1);
    EXPECT_EQ(target.drains, 1);
    EXPECT_EQ(target.flushes, 0);
    drain.waker()->wake();
    EXPECT_EQ(target.drains, 2);
    EXPECT_TRUE(drain.stop(deadlineIn(patience)));
    drain.waker()->wake();
    EXPECT_EQ(target.drains, 3);
}

TEST_F(InlineDrain, LeavesAWakerThatDoesNothing) {
    auto other = std::make_unique<sidespan::detail::InlineDrain>(target, 1ms);
    ASSERT_TRUE(other->start());
    const auto waker = other->waker();
    other.reset();
    waker->wake();
    EXPECT_EQ(target.drains, 0);
}

TEST_F(InlineDrain, StopsOnceAndSaysTheSameAgain) {
    EXPECT_TRUE(drain.stop(deadlineIn(patience)));
    target.isGood = false;
    EXPECT_TRUE(drain.stop(deadlineIn(patience)));
    EXPECT_TRUE(drain.flush(deadlineIn(patience)));
    EXPECT_EQ(target.shutdowns, 1);
    EXPECT_EQ(target.flushes, 0);
}

}
