// Compiled with -Wfunction-effects: a callback that promises not to block may say all of this on a lane.
#include <mutex>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/clock/system_clock.h>
#include <sidespan/clock/tsc_clock.h>
#include <sidespan/null_recorder.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>
#include <sidespan/sink_null/null_sink.h>

template <class Clock, class Sink>
struct Processor {
    using Recorder = sidespan::Recorder<Clock, Sink, std::mutex>;

    void processBlock(int numSamples, double gain, bool isFlat) noexcept [[clang::nonblocking]] {
        auto block = lane.block(numSamples, false);
        block.set("gain", gain);
        {
            auto filter = block.child("dsp.filter");
            filter.set("mode", "low");
            filter.set("order", 4);
            filter.event("retry", sidespan::attr("attempt", 3));
            filter.link(escaped);
            filter.setKind(sidespan::SpanKind::internal);
            filter.setStatus(sidespan::SpanStatus::error, "unstable");
            auto stage = filter.child(isFlat ? sidespan::Literal("dsp.flat") : sidespan::Literal("dsp.peak"));
            escaped = stage.context();
        }
        auto root = lane.span("dsp.meter");
        auto child = lane.span("dsp.scope", escaped);
    }

    typename Recorder::Lane lane;
    sidespan::SpanContext escaped;
};

template struct Processor<sidespan::SteadyClock, sidespan::MemorySink>;
template struct Processor<sidespan::SystemClock, sidespan::MemorySink>;
template struct Processor<sidespan::TscClock, sidespan::MemorySink>;
template struct Processor<sidespan::SteadyClock, sidespan::NullSink>;
