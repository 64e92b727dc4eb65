#pragma once

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// How a recording thread asks for a drain when its buffer is half full, or full. It outlives the loop that
/// made it, since a span may end after its recorder is gone; it does nothing then.
class DrainWaker {
public:
    /// Any thread that records.
    virtual void wake() noexcept = 0;

protected:
    ~DrainWaker() = default;
};

}
