// expect: ClockPolicy
#include <mutex>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/memory_sink.h>
#include <sidespan/recorder.h>

sidespan::Recorder<std::mutex, sidespan::MemorySink, sidespan::SteadyClock> recorder;
