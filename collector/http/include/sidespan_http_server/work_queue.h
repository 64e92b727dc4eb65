#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace sidespan::http_server {

/// A thread that runs jobs one after another. A job reports its own failures; one that throws is dropped.
class WorkQueue {
public:
    using Job = std::function<void()>;

    explicit WorkQueue(std::size_t limit);
    /// Runs what was taken, then ends the thread.
    ~WorkQueue();
    WorkQueue(const WorkQueue&) = delete;
    WorkQueue& operator=(const WorkQueue&) = delete;

    /// False when `limit` jobs are waiting, or after close(): the job is not taken. [any thread]
    [[nodiscard]] bool tryPost(Job job);
    /// Takes the job even if `limit` jobs are waiting, for a caller that posts one at a time, and drops it
    /// after close(). [any thread]
    void post(Job job);
    /// Drops the jobs that wait, and takes none from now on. [any thread]
    void close();

private:
    void run();

    std::size_t limit_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Job> jobs_;
    bool closed_ = false;
    bool ending_ = false;
    std::thread thread_;
};

}
