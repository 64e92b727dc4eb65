#pragma once

#include <chrono>

#include <sidespan/error.h>

namespace loopshare {

/// What the service was asked when it failed.
enum class Asked { anything, toSignIn, toPlay };

/// Something that went wrong, and when: the window shows what went wrong last.
struct Failure : sidespan::Error {
    using Clock = std::chrono::steady_clock;

    explicit Failure(const sidespan::Error& error, Asked theAsked = Asked::anything)
        : Error(error), asked(theAsked) {}

    /// Of an answer that cannot be understood, though it says that all went well.
    [[nodiscard]] static Failure ofNonsense(const sidespan::Error& error, Asked theAsked = Asked::anything) {
        Failure failure(error, theAsked);
        failure.isNonsense = true;
        return failure;
    }

    Asked asked;
    bool isNonsense = false;
    Clock::time_point at = Clock::now();
};

}
