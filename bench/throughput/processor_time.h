#pragma once

#include <cstddef>

#include <sys/types.h>

namespace sidespan::bench {

/// Seconds of processor time that the calling thread has used.
[[nodiscard]] double threadSeconds();
/// Those of the whole process.
[[nodiscard]] double processSeconds();

/// How often another thread was given the calling thread's processor before it was done.
[[nodiscard]] double preemptionsSoFar();

/// Lets the calling thread run on the last processor this process may use, and threads that start afterwards
/// and the process `other` on the others; undone when this is destroyed. Does nothing on a machine with one
/// processor.
class OwnProcessor {
public:
    explicit OwnProcessor(pid_t other);
    ~OwnProcessor();
    OwnProcessor(const OwnProcessor&) = delete;
    OwnProcessor& operator=(const OwnProcessor&) = delete;

    /// Moves the calling thread to its processor; threads it started before stay on the others.
    void enter() const;
    [[nodiscard]] bool isOwn() const noexcept { return isOwn_; }

private:
    struct Sets;
    pid_t other_;
    Sets* sets_;
    bool isOwn_;
};

}
