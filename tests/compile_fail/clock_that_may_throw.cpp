// expect: ClockPolicy
// expect: noexcept
#include <cstdint>
#include <mutex>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>

struct Clock {
    std::uint64_t now() const { return 0; }
    double ticksPerSecond() const noexcept { return 1e9; }
    std::uint64_t unixNanos() const noexcept { return 0; }
};

sidespan::Recorder<Clock, sidespan::MemorySink, std::mutex> recorder;
