// expect: SinkPolicy
// expect: flush
#include <mutex>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>

struct Sink {
    explicit Sink(const sidespan::ValidConfig&) {}
    void start() {}
    void consume(const sidespan::SpanBatch&) {}
    void purge() {}
    bool shutdown(sidespan::Deadline) { return true; }
    sidespan::SinkStats stats() const { return {}; }
};

sidespan::Recorder<sidespan::SteadyClock, Sink, std::mutex> recorder;
