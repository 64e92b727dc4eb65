#pragma once

#include <mutex>

#include <sidespan/network/delivery_clock.h>

namespace sidespan::test {

/// A delivery clock that stands still until it is moved, or, when made to leap, jumps to whatever is waited
/// for: hours of backoff take no time.
class ManualDeliveryClock final : public DeliveryClock {
public:
    enum class Mode { standing, leaping };

    explicit ManualDeliveryClock(Mode mode = Mode::standing) : mode_(mode) {}

    [[nodiscard]] Time now() const override {
        const std::lock_guard lock(mutex_);
        return start_ + elapsed_;
    }
    [[nodiscard]] WallTime wallNow() const override {
        const std::lock_guard lock(mutex_);
        return wallStart_ + std::chrono::duration_cast<WallTime::duration>(elapsed_);
    }
    [[nodiscard]] Time::duration elapsed() const {
        const std::lock_guard lock(mutex_);
        return elapsed_;
    }
    void advance(Time::duration time) {
        const std::lock_guard lock(mutex_);
        elapsed_ += time;
    }
    [[nodiscard]] Time::duration asleep() const override {
        const std::lock_guard lock(mutex_);
        return asleep_;
    }
    /// The machine sleeps; its steady clock stands still.
    void sleep(Time::duration time) {
        const std::lock_guard lock(mutex_);
        asleep_ += time;
        wallStart_ += std::chrono::duration_cast<WallTime::duration>(time);
    }
    /// Sets only the wall clock forward.
    void setForward(WallTime::duration time) {
        const std::lock_guard lock(mutex_);
        wallStart_ += time;
    }

    // Whoever waits looks again every few milliseconds: spurious wake-ups are part of the contract, and
    // nobody has to be notified when time moves.
    void wait(std::unique_lock<std::mutex>& lock, std::condition_variable& wake, Time time) override {
        if (mode_ == Mode::leaping && time != Time::max()) {
            const std::lock_guard own(mutex_);
            elapsed_ = std::max(elapsed_, time - start_);
            return;
        }
        wake.wait_for(lock, std::chrono::milliseconds{2});
    }

private:
    const Mode mode_;
    const Time start_ = std::chrono::steady_clock::now();
    WallTime wallStart_ = std::chrono::system_clock::now();
    mutable std::mutex mutex_;
    Time::duration elapsed_{};
    Time::duration asleep_{};
};

}
