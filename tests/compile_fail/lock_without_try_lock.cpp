// expect: LockPolicy
// expect: try_lock
#include <mutex>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>

struct Lock {
    void lock() {}
    void unlock() {}
};

sidespan::Recorder<sidespan::SteadyClock, sidespan::MemorySink, Lock> recorder;
