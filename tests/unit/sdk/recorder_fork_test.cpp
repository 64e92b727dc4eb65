#include "probe_sink.h"
#include "recorders.h"

#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include <gmock/gmock.h>
#include <sidespan/sink_memory/testing.h>

namespace {

using namespace sidespan::test;
using sidespan::testing::recorded;
using sidespan::testing::tree;

/// What `child` returns in a forked child, or what killed it, made negative.
int inForkedChild(const std::function<int()>& child) {
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::alarm(20);  // a child that hangs dies of it
        ::_exit(child());
    }
    int status = 0;
    EXPECT_EQ(::waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

template <class Lock>
class RecorderFork : public ::testing::Test {
protected:
    using Recorder = MemoryRecorder<Lock>;
    std::unique_ptr<Recorder> recorder_ = std::make_unique<Recorder>(granted());

    void expectUnharmedParent() {
        { auto span = recorder_->span("parent's"); }
        EXPECT_EQ(recorded(*recorder_).back().name, "parent's");
        EXPECT_TRUE(recorder_->stats().isConserved());
        EXPECT_TRUE(recorder_->shutdown(patience));
    }
};
TYPED_TEST_SUITE(RecorderFork, AllLocks, LockNames);

TYPED_TEST(RecorderFork, RecordsNothingInTheChild) {
    { auto span = this->recorder_->span("before"); }
    EXPECT_EQ(recorded(*this->recorder_).size(), 1U);
    EXPECT_EQ(inForkedChild([&] {
                  auto scoped = this->recorder_->span("scoped");
                  auto open = this->recorder_->openSpan("open");
                  const auto handle = this->recorder_->startSpan("by handle");
                  return scoped.isRecording() || open.isRecording() || handle.isValid() ? 1 : 0;
              }),
              0);
    this->expectUnharmedParent();
    EXPECT_EQ(this->recorder_->stats().recorded, 2U);
}

TYPED_TEST(RecorderFork, RecordsNothingInTheChildWhateverConsentDoesThere) {
    { auto span = this->recorder_->span("before"); }
    EXPECT_EQ(inForkedChild([&] {
                  this->recorder_->consent().set(sidespan::Consent::denied);
                  this->recorder_->consent().set(sidespan::Consent::granted);
                  auto span = this->recorder_->span("a");
                  return span.isRecording() ? 1 : 0;
              }),
              0);
    this->expectUnharmedParent();
}

TYPED_TEST(RecorderFork, LetsTheChildEndWhatWasOpenAndDestroyEverything) {
    auto open = this->recorder_->openSpan("open");
    const auto handle = this->recorder_->startSpan("by handle");
    EXPECT_EQ(inForkedChild([&] {
                  open.end();
                  this->recorder_->endSpan(handle);
                  const bool isFlushed = this->recorder_->flush(patience);
                  this->recorder_.reset();
                  return isFlushed ? 0 : 1;
              }),
              0);
    open.end();
    this->recorder_->endSpan(handle);
    EXPECT_EQ(tree(recorded(*this->recorder_)), "open\nby handle\n");
    this->expectUnharmedParent();
}

// A thread of the parent may have held any lock.
TYPED_TEST(RecorderFork, KnowsNothingInTheChild) {
    { auto span = this->recorder_->span("before"); }
    EXPECT_EQ(inForkedChild([&] { return this->recorder_->stats() == sidespan::Stats() ? 0 : 1; }), 0);
    this->expectUnharmedParent();
}

TYPED_TEST(RecorderFork, LetsTheChildShutDown) {
    { auto span = this->recorder_->span("before"); }
    EXPECT_EQ(inForkedChild([&] { return this->recorder_->shutdown(patience) ? 0 : 1; }), 0);
    this->expectUnharmedParent();
}

// The spans that a TailSampler holds belong to the parent process.
TYPED_TEST(RecorderFork, LetsTheChildDestroyWhatATailSamplerHolds) {
    sidespan::Config config = granted();
    config.sampler = sidespan::TailSampler{.keepOneIn = 0};
    this->recorder_ = std::make_unique<typename TestFixture::Recorder>(config);
    auto root = this->recorder_->openSpan("root");
    { auto child = this->recorder_->span("child", root); }
    EXPECT_EQ(inForkedChild([&] {
                  root.end();
                  const bool isFlushed = this->recorder_->flush(patience);
                  this->recorder_.reset();
                  return isFlushed ? 0 : 1;
              }),
              0);
    root.setStatus(sidespan::SpanStatus::error);
    root.end();
    EXPECT_EQ(tree(recorded(*this->recorder_)), "root [error]\n  child\n");
    EXPECT_TRUE(this->recorder_->stats().isConserved());
}

TYPED_TEST(RecorderFork, LetsTheChildHaveARecorderOfItsOwn) {
    if (isThreadSanitized) GTEST_SKIP() << "ThreadSanitizer ends a forked child that starts a thread";
    { auto span = this->recorder_->span("before"); }
    // AddressSanitizer holds a lock while a thread begins, and the child would inherit it.
    if (isSanitized) {
        EXPECT_TRUE(this->recorder_->flush(patience));
    }
    EXPECT_EQ(inForkedChild([&] {
                  MemoryRecorder<TypeParam> own(granted());
                  { auto span = own.span("child's"); }
                  return recorded(own).size() == 1 ? 0 : 1;
              }),
              0);
    this->expectUnharmedParent();
}

TYPED_TEST(RecorderFork, StartsARecorderInTheChildThatHadNotBegunInTheParent) {
    if (isThreadSanitized) GTEST_SKIP() << "ThreadSanitizer ends a forked child that starts a thread";
    EXPECT_EQ(inForkedChild([&] {
                  { auto span = this->recorder_->span("child's"); }
                  const bool isRecorded = recorded(*this->recorder_).size() == 1;
                  this->recorder_.reset();
                  return isRecorded ? 0 : 1;
              }),
              0);
    this->expectUnharmedParent();
}

TEST(RecorderForkOfThreads, LetsTheChildDestroyARecorderThatAThreadWasFlushing) {
    using Recorder = sidespan::Recorder<sidespan::ManualClock, ProbeSink, std::mutex>;
    Moment isInside;
    Moment isReleased;
    auto recorder = std::make_unique<Recorder>(granted());
    recorder->sink().onFlush = [&](auto) {
        isInside.come();
        return isReleased.waitFor(patience);
    };
    { auto span = recorder->span("a"); }
    std::thread flusher([&] { EXPECT_TRUE(recorder->flush(patience)); });
    ASSERT_TRUE(isInside.waitFor(patience));
    EXPECT_EQ(inForkedChild([&] {
                  recorder.reset();
                  return 0;
              }),
              0);
    isReleased.come();
    flusher.join();
    EXPECT_EQ(recorder->sink().received, 1U);
}

}
