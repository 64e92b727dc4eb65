#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>

#include <sidespan/deadline.h>
#include <sidespan/detail/platform.h>
#include <sidespan/outcome.h>

namespace sidespan::inline v0::detail {

/// What the drain thread does; called by one thread at a time.
class DrainTarget {
public:
    virtual void startSink() = 0;
    /// Hands what was recorded to the sink; false when there was nothing.
    virtual bool drain() = 0;
    virtual bool flushSink(Deadline deadline) = 0;
    virtual void purgeSink() = 0;
    virtual bool shutdownSink(Deadline deadline) = 0;

protected:
    ~DrainTarget() = default;
};

/// When the drain thread works: at an interval while spans are coming, ten times less often when none came
/// for two seconds, and at once when it is asked. Recording threads never wake it but when a buffer is half
/// full.
class DrainLoop {
public:
    DrainLoop(DrainTarget& target, std::chrono::milliseconds interval);
    /// The thread has been stopped before; waits for callers of flush() to leave.
    ~DrainLoop();
    DrainLoop(const DrainLoop&) = delete;
    DrainLoop& operator=(const DrainLoop&) = delete;

    /// Starts the thread. Once.
    Outcome<> start();
    [[nodiscard]] bool isRunning() const noexcept { return thread_.isJoinable(); }

    /// Drains, and flushes the sink; true when it said so by the deadline. False on the drain thread itself.
    bool flush(Deadline deadline);

    /// Makes the sink forget what it holds, soon.
    void purge();

    /// Drains, shuts the sink down, and joins the thread; later calls return what the first one did.
    bool stop(Deadline deadline);

    /// Leaves everything as it is: the thread does not exist in a forked child.
    void forget() noexcept { thread_.forget(); }

    /// Wakes the thread, by way of something that outlives this object: a span may end after its recorder is
    /// gone.
    class Waker {
    public:
        /// Any thread; at most one system call between two looks of the drain thread.
        void wake() noexcept;

    private:
        friend class DrainLoop;
        std::mutex mutex_;
        std::condition_variable changed_;
        std::atomic<bool> isWoken_{false};
    };
    [[nodiscard]] const std::shared_ptr<Waker>& waker() const noexcept { return waker_; }

private:
    struct Requests {
        std::uint64_t flushesAsked = 0;
        Deadline flushBy{};
        bool isPurgeAsked = false;
        bool isStopAsked = false;
        Deadline stopBy{};
    };

    void run();
    [[nodiscard]] Requests waitForWork();
    void serve(const Requests& requests);
    void finish(std::uint64_t flushes, bool isFlushed);

    DrainTarget& target_;
    std::chrono::milliseconds interval_;
    std::shared_ptr<Waker> waker_;
    platform::Thread thread_;
    std::chrono::steady_clock::time_point lastBusy_;  // drain thread

    std::mutex joining_;

    // Guarded by the waker's mutex.
    int callersInside_ = 0;
    Requests requests_;
    std::uint64_t flushesDone_ = 0;
    bool isLastFlushGood_ = false;
    bool isStopped_ = false;
    bool isStopGood_ = false;
    std::condition_variable answered_;
};

}
