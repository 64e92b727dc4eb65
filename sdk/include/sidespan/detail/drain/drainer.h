#pragma once

#include <memory>

#include <sidespan/deadline.h>
#include <sidespan/detail/drain/drain_waker.h>
#include <sidespan/outcome.h>

namespace sidespan::inline v0::detail {

/// Decides when, and on which thread, a DrainTarget works.
class Drainer {
public:
    /// Once, before the rest.
    virtual Outcome<> start() = 0;
    /// Drains, and flushes the sink; true when it said so by the deadline. False at once from within the
    /// target's own work.
    virtual bool flush(Deadline deadline) = 0;
    /// Makes the sink forget what it holds, before it is given anything else.
    virtual void purge() = 0;
    /// Drains, and shuts the sink down; later calls return what the first one did. False at once from within
    /// the target's own work.
    virtual bool stop(Deadline deadline) = 0;
    /// Lets go of everything in a forked child.
    virtual void forget() noexcept = 0;
    [[nodiscard]] virtual std::shared_ptr<DrainWaker> waker() const noexcept = 0;

protected:
    ~Drainer() = default;
};

}
