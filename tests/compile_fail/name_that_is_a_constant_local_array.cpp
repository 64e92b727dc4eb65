// expect-first-clang: consteval function .*ALiteralOrAStaticConstexprArray.* is not a constant expression
// expect-first-gcc: 'name' is not usable in a constant expression|call to consteval function .*Literal
// expect-gcc: 'name' was not declared 'constexpr'
#include <mutex>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>

using Recorder = sidespan::Recorder<sidespan::SteadyClock, sidespan::MemorySink, std::mutex>;

void record(Recorder& recorder) {
    const char name[] = "audio.encode";
    auto span = recorder.span(name);
}
