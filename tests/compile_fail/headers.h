// What most programs here include. Others are read where a program includes them.
#include <mutex>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>
