#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include <sidespan/deadline.h>
#include <sidespan/detail/drain/drain_target.h>
#include <sidespan/detail/drain/drainer.h>

namespace sidespan::inline v0::detail {

/// What a DrainLoop is to a recorder with threads, for one that knows a single thread: everything happens on
/// the thread that asks, or whose span fills half of the buffer. A call from within another, as an error
/// handler may make, does nothing.
class InlineDrain final : public Drainer {
public:
    InlineDrain(DrainTarget& target, std::chrono::milliseconds);
    ~InlineDrain();
    InlineDrain(const InlineDrain&) = delete;
    InlineDrain& operator=(const InlineDrain&) = delete;

    Outcome<> start() override;
    bool flush(Deadline deadline) override;
    /// Now, or when the call this comes from is done.
    void purge() override;
    bool stop(Deadline deadline) override;
    void forget() noexcept override;
    [[nodiscard]] std::shared_ptr<DrainWaker> waker() const noexcept override;

private:
    class Waker;

    template <class Work>
    bool inside(Work work);
    void drainNow();

    DrainTarget& target_;
    std::shared_ptr<Waker> waker_;
    std::uint64_t startedIn_ = 0;
    bool isInside_ = false;
    bool isSinkStarted_ = false;
    std::optional<bool> isDelivered_;
};

}
