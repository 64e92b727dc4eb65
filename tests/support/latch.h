#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace sidespan::test {

/// Lets `count` threads go on at once, as std::latch does; that of libstdc++ 12 may wait for ever on Windows.
class Latch {
public:
    explicit Latch(std::ptrdiff_t count) : missing_(count) {}

    void arriveAndWait() {
        std::unique_lock lock(mutex_);
        if (--missing_ == 0) changed_.notify_all();
        changed_.wait(lock, [this] { return missing_ == 0; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::ptrdiff_t missing_;
};

}
