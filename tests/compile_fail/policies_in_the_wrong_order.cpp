// expect: ClockPolicy
#include <mutex>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>

sidespan::Recorder<std::mutex, sidespan::MemorySink, sidespan::SteadyClock> recorder;
