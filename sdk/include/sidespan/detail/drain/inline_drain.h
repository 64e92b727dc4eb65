#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include <sidespan/deadline.h>
#include <sidespan/detail/drain/drain_loop.h>
#include <sidespan/outcome.h>

namespace sidespan::inline v0::detail {

/// What a DrainLoop is to a recorder with threads, for one that knows a single thread: everything happens on
/// the thread that asks. A call from within another, as an error handler may make, does nothing.
class InlineDrain {
public:
    InlineDrain(DrainTarget& target, std::chrono::milliseconds)
        : target_(target), waker_(std::make_shared<DrainLoop::Waker>()) {}

    Outcome<> start() noexcept { return {}; }

    /// Drains, and flushes the sink; false from within another call.
    bool flush(Deadline deadline) {
        if (isInside_) return false;
        if (isDelivered_) return *isDelivered_;
        return inside([&] {
            target_.drain();
            return target_.flushSink(deadline, [] { return true; });
        });
    }

    /// Makes the sink forget what it holds: now, or when the call this comes from is done.
    void purge() {
        if (!isInside_ && isSinkStarted_)
            inside([] { return true; });  // one that has not started holds nothing
    }

    /// Drains and shuts the sink down; later calls return what the first one did.
    bool stop(Deadline deadline) {
        if (isInside_) return false;
        if (isDelivered_) return *isDelivered_;
        isDelivered_ = inside([&] {
            target_.drain();
            return target_.shutdownSink(deadline);
        });
        return *isDelivered_;
    }

    void forget() noexcept {}

    /// Wakes nobody.
    [[nodiscard]] const std::shared_ptr<DrainLoop::Waker>& waker() const noexcept { return waker_; }

private:
    // Before and after: consent may be withdrawn in between, from an error handler.
    template <class Work>
    bool inside(Work work) {
        isInside_ = true;
        if (!isSinkStarted_) target_.startSink();
        isSinkStarted_ = true;
        target_.purgeSink();
        const bool isGood = work();
        target_.purgeSink();
        isInside_ = false;
        return isGood;
    }

    DrainTarget& target_;
    std::shared_ptr<DrainLoop::Waker> waker_;
    bool isInside_ = false;
    bool isSinkStarted_ = false;
    std::optional<bool> isDelivered_;
};

}
