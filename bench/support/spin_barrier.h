#pragma once

#include <atomic>
#include <thread>

namespace sidespan::bench {

/// Where threads wait for each other by looking, so that they leave within a microsecond of one another and
/// really do record at the same time.
class SpinBarrier {
public:
    void arriveAndWait(int threads) noexcept {
        const unsigned phase = phase_.load(std::memory_order_acquire);
        if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads) {
            arrived_.store(0, std::memory_order_relaxed);
            phase_.store(phase + 1, std::memory_order_release);
            return;
        }
        for (int looks = 0; phase_.load(std::memory_order_acquire) == phase; ++looks) {
            if (looks > looksBeforeYield) std::this_thread::yield();
        }
    }

private:
    static constexpr int looksBeforeYield = 10'000;

    std::atomic<int> arrived_{0};
    std::atomic<unsigned> phase_{0};
};

}
