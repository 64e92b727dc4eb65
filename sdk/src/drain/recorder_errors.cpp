#include <new>

#include <sidespan/detail/drain/recorder_errors.h>

namespace sidespan::inline v0::detail {

namespace {

// The brief message is short enough to need no allocation.
Error resourceError(const char* message, const char* brief) noexcept try {
    return {ErrorCode::resource, message};
} catch (const std::bad_alloc&) {
    return {ErrorCode::resource, brief};
}

Error noMemory(const char* message) noexcept {
    return resourceError(message, "out of memory");
}

}

Error noMemoryForQueue() noexcept {
    return noMemory("there is no memory for the span queue (Config::queue.capacityBytes)");
}

Error noMemoryForLane() noexcept {
    return noMemory("there is no memory for a lane (LaneOptions::capacityBytes)");
}

Error slowClock() noexcept {
    return resourceError(
        "this machine's clock is read by a system call, which may block the audio thread; choose "
        "SIDESPAN_CLOCK=tsc, or a clock source that user space can read",
        "slow clock");
}

}
