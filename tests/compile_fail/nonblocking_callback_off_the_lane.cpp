// expect-first: function with 'nonblocking' attribute must not call non-'nonblocking' .*BasicScopedSpan
#include <mutex>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>

using Recorder = sidespan::Recorder<sidespan::SteadyClock, sidespan::MemorySink, std::mutex>;

void processBlock(Recorder& recorder) noexcept [[clang::nonblocking]] {
    auto span = recorder.span("dsp.filter");
}
