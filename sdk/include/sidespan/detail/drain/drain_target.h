#pragma once

#include <sidespan/deadline.h>
#include <sidespan/policy/sink_policy.h>

namespace sidespan::inline v0::detail {

/// What a Drainer drives. Called by one thread at a time, unless said otherwise.
class DrainTarget {
public:
    /// Once before startSink(), on the thread that lets recording begin.
    virtual void prepareSink() = 0;
    virtual void startSink() = 0;
    /// Hands what was recorded to the sink; false when there was nothing.
    virtual bool drain() = 0;
    virtual bool flushSink(Deadline deadline, const Meanwhile& meanwhile) = 0;
    /// Makes the sink discard what it holds before it is given anything else. [any thread]
    virtual void requestPurge() noexcept = 0;
    /// Makes the sink forget, if that was requested.
    virtual void purgeSink() = 0;
    virtual bool shutdownSink(Deadline deadline) = 0;
    /// Whether the caller is one of the sink's threads, for which the drain thread may be waiting. [any
    /// thread]
    [[nodiscard]] virtual bool isSinkThread() const = 0;

protected:
    ~DrainTarget() = default;
};

}
