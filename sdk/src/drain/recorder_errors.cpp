#include <sidespan/detail/drain/recorder_errors.h>

namespace sidespan::inline v0::detail {

Error noMemoryForQueue() {
    return {ErrorCode::resource, "there is no memory for the span queue (Config::queue.capacityBytes)"};
}

Error noMemoryForLane() {
    return {ErrorCode::resource, "there is no memory for a lane (LaneOptions::capacityBytes)"};
}

Error slowClock() {
    return {ErrorCode::resource,
            "this machine's clock is read by a system call, which may block the audio thread; choose "
            "SIDESPAN_CLOCK=tsc, or a clock source that user space can read"};
}

}
