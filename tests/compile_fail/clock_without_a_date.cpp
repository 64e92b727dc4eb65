// expect: ClockPolicy
// expect: unixNanos
#include <cstdint>
#include <mutex>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>

struct Clock {
    std::uint64_t now() const noexcept { return 0; }
    double ticksPerSecond() const noexcept { return 1e9; }
};

sidespan::Recorder<Clock, sidespan::MemorySink, std::mutex> recorder;
