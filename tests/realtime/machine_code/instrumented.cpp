// Functions as a plugin has them, instrumented in every way there is. TRACE() stands for its arguments where
// TRACED is defined, and for nothing where it is not. SINK chooses where the spans go.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/propagation/remote_context.h>
#if defined(MEMORY_SINK)
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>
using Sink = sidespan::MemorySink;
#else
#include <sidespan/sink_null/null_sink.h>
using Sink = sidespan::NullSink;
#endif

#if defined(TRACED)
#define TRACE(...) __VA_ARGS__
#else
#define TRACE(...)
#endif

using Recorder = sidespan::Recorder<sidespan::SteadyClock, Sink, std::mutex>;
using sidespan::attr;
using sidespan::SpanStatus;

extern "C" {

int work(int) noexcept;
int workThatMayThrow(int);
std::size_t measure(const float*, std::size_t);

int scopedSpan(Recorder& recorder [[maybe_unused]], int x) {
    TRACE(auto span = recorder.span("audio.upload");)
    return work(x) + 1;
}

int childrenAndSiblings(Recorder& recorder [[maybe_unused]], int x) {
    TRACE(auto upload = recorder.span("audio.upload");) {
        TRACE(auto read = upload.child("audio.read");)
        x = work(x);
    }
    TRACE(auto encode = upload.child("audio.encode"); auto chunk = encode.child("chunk");)
    return workThatMayThrow(x);
}

int attributesOfFourTypes(Recorder& recorder [[maybe_unused]], int x, const std::string& name, double gain) {
    TRACE(auto span = recorder.span("audio.encode");)
    TRACE(span.set("codec", "flac"); span.set("name", name); span.set("x", x);)
    const int y = work(x) + static_cast<int>(gain) + static_cast<int>(name.size());
    TRACE(span.set("gain", gain); span.set("positive", y > 0); span.set("y", y);)
    return y;
}

int arrays(Recorder& recorder [[maybe_unused]], const std::vector<float>& peaks, int x) {
    TRACE(auto span = recorder.span("audio.encode");)
    TRACE(span.set("peaks", peaks); span.set("sizes", {x, 2}); span.set("tags", {"loop", "drum"});)
    const int y = work(x) + static_cast<int>(peaks.size());
    TRACE(span.set("lazy", [&] { return std::vector<int>(3, work(y)); });)
    return y;
}

int lambdas(Recorder& recorder [[maybe_unused]], const float* samples, std::size_t count) {
    TRACE(auto span = recorder.span("audio.measure");)
    TRACE(span.set("size", [&] { return measure(samples, count); });)
    TRACE(span.set("text", [&] { return std::to_string(measure(samples, count)); });)
    return work(static_cast<int>(count)) + (samples[0] > 0.0F ? 1 : 0);
}

int eventsLinksAndStatus(Recorder& recorder [[maybe_unused]], int x) {
    TRACE(auto span = recorder.span("network.post");)
    TRACE(span.event("started"); span.event("retry", attr("attempt", x), attr("why", "timeout"));)
    const int y = workThatMayThrow(x);
    TRACE(span.link(span.context()); span.link(span.context(), attr("position", x));
          span.setKind(sidespan::SpanKind::client);)
    if (y < 0) {
        TRACE(span.setStatus(SpanStatus::error, "refused");)
        return y - 1;
    }
    TRACE(if (span.isRecording()) work(99);)
    return y;
}

int names(Recorder& recorder [[maybe_unused]], int x, const std::string& route) {
    TRACE(auto span = recorder.span([&] { return "GET " + route; });)
    x = work(x) + static_cast<int>(route.size());
    TRACE(auto child = span.child(sidespan::Name::copied(route)); child.updateName("literal");)
    x = work(x);
    TRACE(span.updateName([&] { return route + std::to_string(work(x)); });)
    return x;
}

int timesOfOnesOwn(Recorder& recorder [[maybe_unused]], int x, const std::exception& error [[maybe_unused]],
                   std::chrono::system_clock::time_point time [[maybe_unused]]) {
    TRACE(auto span = recorder.openSpan(sidespan::Name::copied("measured")); span.setStartTime(time);)
    x = workThatMayThrow(x);
    TRACE(span.event("elsewhere", time, attr("x", x)); span.recordException(error);)
    TRACE(span.setEndTime(time); auto child = span.child([] { return std::string("lazy"); });)
    return x + 1;
}

int continued(Recorder& recorder [[maybe_unused]], int x,
              const sidespan::RemoteContext& received [[maybe_unused]]) {
    TRACE(auto span = recorder.span("served", received); auto child = span.child("query");)
    x = work(x);
    TRACE(child.set("x", x); auto open = recorder.openSpan("later", received);)
    TRACE(auto named = recorder.openSpan(sidespan::Name::copied("named"), received);)
    x = workThatMayThrow(x);
    TRACE(recorder.endSpan(recorder.startSpan([] { return std::string("lazy"); }, received));)
    return x + 1;
}

int openSpan(Recorder& recorder [[maybe_unused]], int x) {
    TRACE(auto span = recorder.openSpan("network.post");)
    x = work(x);
    TRACE(auto moved = std::move(span); auto child = moved.child("inner"); child.set("x", x); child.end();)
    x = workThatMayThrow(x);
    TRACE(moved.end(); moved = Recorder::OpenSpan();)
    return x;
}

int byHandle(Recorder& recorder [[maybe_unused]], int x) {
    TRACE(const auto span = recorder.startSpan("audio.encode");)
    TRACE(recorder.addAttribute(span, "x", x);)
    x = work(x);
    TRACE(recorder.recordEvent(span, "half done"); recorder.recordEvent(span, "with", attr("x", x));)
    TRACE(const auto child = recorder.startSpan("inner", recorder.contextOf(span));)
    x = workThatMayThrow(x);
    TRACE(recorder.endSpan(child, SpanStatus::cancelled, "why"); recorder.endSpan(span);)
    return x;
}

void loop(Recorder& recorder [[maybe_unused]], float* samples, std::size_t count, float gain) {
    TRACE(auto span = recorder.span("dsp.gain");)
    for (std::size_t i = 0; i < count; ++i) {
        samples[i] *= gain;
        TRACE(span.set("index", i);)
    }
}

// Compared: instructions, whatever their order.
int loopWithSpans(Recorder& recorder [[maybe_unused]], int count) {
    TRACE(auto outer = recorder.span("outer");)
    int sum = 0;
    for (int i = 0; i < count; ++i) {
        TRACE(auto inner = outer.child("inner"); inner.set("i", i);)
        if (i % 7 == 3) continue;
        sum += workThatMayThrow(i);
        TRACE(inner.event("done", attr("sum", sum));)
        if (sum > 1000) break;
    }
    return sum;
}

// Compared: until it returns.
int throughExceptions(Recorder& recorder [[maybe_unused]], int x) {
    TRACE(auto outer = recorder.span("outer");)
    try {
        TRACE(auto inner = outer.child("inner");)
        x = workThatMayThrow(x);
    } catch (int code) {
        TRACE(outer.setStatus(SpanStatus::error, "code");)
        return code;
    }
    return x;
}

void audioBlock(Recorder::Lane& lane [[maybe_unused]], float* samples, std::size_t count,
                float cutoff [[maybe_unused]]) {
    TRACE(auto block = lane.block(static_cast<int>(count), false);)
    TRACE(auto filter = block.child("dsp.filter"); filter.set("cutoff", cutoff);
          filter.set("q", {cutoff, 0.5F});)
    float last = 0.0F;
    for (std::size_t i = 0; i < count; ++i) {
        last += 0.5F * (samples[i] - last);
        samples[i] = last;
    }
    TRACE(filter.event("done", attr("last", last));)
}

int laneSpan(Recorder::Lane& lane [[maybe_unused]], int x) {
    TRACE(auto span = lane.span("dsp.render"); span.set("x", x);)
    x = work(x);
    TRACE(auto child = span.child("dsp.mix"); child.set("x", [&] { return work(x); });)
    return work(x);
}
}
