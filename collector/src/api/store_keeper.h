#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string_view>
#include <thread>

#include "store/store.h"

namespace sidespan::collector {

/// The thread that deletes stored data: once a minute what exceeds the retention limits, and what it is told
/// to delete.
class StoreKeeper {
public:
    /// `report` is called with failures, on the thread.
    StoreKeeper(Store& store, const Retention& retention, std::function<void(std::string_view)> report);
    /// Finishes the current step and drops the rest.
    ~StoreKeeper();
    StoreKeeper(const StoreKeeper&) = delete;
    StoreKeeper& operator=(const StoreKeeper&) = delete;

    [[nodiscard]] const Retention& retention() const noexcept { return retention_; }
    /// Runs a job on the thread; false when too many are waiting, or after close(). A job reports its own
    /// failures. [any thread]
    [[nodiscard]] bool tryPost(std::function<void()> job);
    /// Drops the jobs that wait, and takes none from now on. [any thread]
    void close();

private:
    void run();
    [[nodiscard]] bool isEnding();
    void applyRetention();

    Store& store_;
    Retention retention_;
    std::function<void(std::string_view)> report_;
    bool wasTooLarge_ = false;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> jobs_;
    bool closed_ = false;
    bool ending_ = false;
    std::thread thread_;
};

}
