#include "api/store_keeper.h"

#include <chrono>
#include <exception>
#include <utility>

#include <fmt/format.h>

namespace sidespan::collector {

namespace {

constexpr std::size_t mostJobs = 16;
constexpr std::chrono::minutes period{1};

}

StoreKeeper::StoreKeeper(Store& store, const Retention& retention,
                         std::function<void(std::string_view)> report)
    : store_(store), retention_(retention), report_(std::move(report)), thread_([this] { run(); }) {}

StoreKeeper::~StoreKeeper() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

bool StoreKeeper::tryPost(std::function<void()> job) {
    {
        const std::lock_guard lock(mutex_);
        if (closed_ || jobs_.size() >= mostJobs) return false;
        jobs_.push_back(std::move(job));
    }
    changed_.notify_one();
    return true;
}

void StoreKeeper::close() {
    std::deque<std::function<void()>> dropped;  // outside the lock
    const std::lock_guard lock(mutex_);
    closed_ = true;
    dropped.swap(jobs_);
}

void StoreKeeper::run() {
    using Clock = std::chrono::steady_clock;
    auto next = retention_.isSet() ? Clock::now() : Clock::time_point::max();
    std::unique_lock lock(mutex_);
    while (!ending_) {
        std::function<void()> job;
        if (!jobs_.empty()) {
            job = std::move(jobs_.front());
            jobs_.pop_front();
        } else if (Clock::now() >= next) {
            job = [this] { applyRetention(); };
            next = Clock::now() + period;
        } else if (next == Clock::time_point::max()) {
            changed_.wait(lock);
        } else {
            changed_.wait_until(lock, next);
        }
        if (!job) continue;
        lock.unlock();
        job();
        lock.lock();
    }
}

bool StoreKeeper::isEnding() {
    const std::lock_guard lock(mutex_);
    return ending_;
}

void StoreKeeper::applyRetention() try {
    const auto removed = store_.applyRetention(retention_, [this] { return !isEnding(); });
    if (removed.isStillTooLarge && !std::exchange(wasTooLarge_, true)) {
        report_(
            fmt::format("the database has more than {} bytes (--max-bytes), and nothing more can be deleted: "
                        "the spans of today in PostgreSQL, sums and clients stay; set a larger size",
                        *retention_.maxBytes));
    }
    wasTooLarge_ = removed.isStillTooLarge;
} catch (const std::exception& error) {
    report_(fmt::format("old spans could not be deleted: {}", error.what()));
}

}
