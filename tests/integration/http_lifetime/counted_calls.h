#pragma once

#include <cstdint>

namespace sidespan::test {

/// What this program has asked of the system; its own functions stand in for libc's and pass the calls on.
struct CountedCalls {
    std::uint64_t threads = 0;  ///< pthread_create
    std::uint64_t entropy = 0;  ///< getentropy
    std::uint64_t sockets = 0;  ///< socket
    std::uint64_t files = 0;    ///< open, openat, fopen

    friend bool operator==(const CountedCalls&, const CountedCalls&) = default;
};

[[nodiscard]] CountedCalls countedCalls();

/// From now on no thread can be started, or can again.
void refuseThreads(bool areRefused);

}
