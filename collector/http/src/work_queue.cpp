#include <sidespan_http_server/work_queue.h>

#include <utility>

namespace sidespan::http_server {

WorkQueue::WorkQueue(std::size_t limit) : limit_(limit), thread_([this] { run(); }) {}

WorkQueue::~WorkQueue() {
    {
        std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

bool WorkQueue::tryPost(Job job) {
    {
        std::lock_guard lock(mutex_);
        if (closed_ || jobs_.size() >= limit_) return false;
        jobs_.push_back(std::move(job));
    }
    changed_.notify_one();
    return true;
}

void WorkQueue::post(Job job) {
    {
        std::lock_guard lock(mutex_);
        if (closed_) return;
        jobs_.push_back(std::move(job));
    }
    changed_.notify_one();
}

void WorkQueue::close() {
    std::deque<Job> dropped;  // outside the lock
    std::lock_guard lock(mutex_);
    closed_ = true;
    dropped.swap(jobs_);
}

void WorkQueue::run() {
    for (;;) {
        Job job;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
            if (jobs_.empty()) return;
            job = std::move(jobs_.front());
            jobs_.pop_front();
        }
        try {
            job();
        } catch (...) {
            // Out of memory: the job goes with all it held, and a connection that waited for it closes.
        }
    }
}

}
