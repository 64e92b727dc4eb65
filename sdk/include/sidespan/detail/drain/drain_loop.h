#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>

#include <sidespan/deadline.h>
#include <sidespan/detail/drain/drain_target.h>
#include <sidespan/detail/drain/drainer.h>
#include <sidespan/detail/platform.h>
#include <sidespan/outcome.h>

namespace sidespan::inline v0::detail {

/// When the drain thread works: at an interval while spans are coming, ten times less often when none came
/// for two seconds, and at once when it is asked. Recording threads wake it only when a buffer is half full,
/// or full.
class DrainLoop final : public Drainer {
public:
    DrainLoop(DrainTarget& target, std::chrono::milliseconds interval);
    /// The thread has been stopped before; waits for callers of flush() to leave.
    ~DrainLoop();
    DrainLoop(const DrainLoop&) = delete;
    DrainLoop& operator=(const DrainLoop&) = delete;

    /// Starts the thread. Once.
    Outcome<> start() override;

    /// Drains, and flushes the sink; true when it said so by the deadline. False at once on the drain thread
    /// itself and those of the sink.
    bool flush(Deadline deadline) override;

    /// Makes the sink forget what it holds, soon.
    void purge() override;

    /// Drains, shuts the sink down, and joins the thread; later calls return what the first one did. On the
    /// drain thread and those of the sink it asks for all that and returns false; the next call joins.
    bool stop(Deadline deadline) override;

    /// Lets go of everything in a forked child: the thread does not exist there, and what waited for it at
    /// the moment of the fork never leaves, so nothing that was waited on may be destroyed.
    void forget() noexcept override;

    /// What outlives this object.
    class Waker final : public DrainWaker {
    public:
        /// At most one system call between two looks of the drain thread.
        void wake() noexcept override;

    private:
        friend class DrainLoop;
        std::mutex mutex_;
        std::condition_variable changed_;
        std::condition_variable answered_;
        std::atomic<bool> isWoken_{false};
        std::shared_ptr<Waker> self_;  // of one that is never destroyed
    };
    [[nodiscard]] std::shared_ptr<DrainWaker> waker() const noexcept override { return waker_; }

private:
    struct Requests {
        std::uint64_t flushesAsked = 0;
        Deadline flushBy{};
        bool isPurgeAsked = false;
        bool isStopAsked = false;
        Deadline stopBy{};
    };

    // One that would wait for itself.
    [[nodiscard]] bool isOwnThread() const noexcept {
        return drainThread_.load(std::memory_order_relaxed) == platform::threadKey() ||
               target_.isSinkThread();
    }
    [[nodiscard]] bool isStopAsked() noexcept;
    void run() noexcept;
    [[nodiscard]] Requests waitForWork() noexcept;
    void serve(const Requests& requests) noexcept;
    void finish(std::uint64_t flushes, bool isFlushed) noexcept;

    DrainTarget& target_;
    std::chrono::milliseconds interval_;
    std::shared_ptr<Waker> waker_;
    platform::Thread thread_;
    std::chrono::steady_clock::time_point lastBusy_;  // drain thread

    std::atomic<std::uint64_t> drainThread_{0};  // its key while it runs
    std::mutex joining_;                         // guards `thread_` once it has started

    // Guarded by the waker's mutex.
    int callersInside_ = 0;
    Requests requests_;
    std::uint64_t flushesDone_ = 0;
    bool isLastFlushGood_ = false;
    bool isStopped_ = false;
    bool isStopGood_ = false;
};

}
