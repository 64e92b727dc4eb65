// Writes the file for trace viewers that trace_viewer_test.py opens.
//
//   trace_file <path>
//
// On a lane three blocks of 5 ms, each with dsp.filter for 3 ms, and in it dsp.biquad for 2 ms; off lanes a
// span with a child.

#include <chrono>

#include <sidespan/chrome_trace/chrome_trace.h>
#include <sidespan/clock/manual_clock.h>
#include <sidespan/lock/null_lock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_file/file_sink.h>

using namespace std::chrono_literals;
using TraceRecorder =
    sidespan::Recorder<sidespan::ManualClock, sidespan::FileSink<sidespan::ChromeTrace>, sidespan::NullLock>;

int main(int count, char** words) {
    if (count != 2) return 2;
    sidespan::Config config;
    config.service = {"LoopShare", "1.2.0"};
    config.consent = sidespan::Consent::granted;
    config.file.path = words[1];
    TraceRecorder recorder(config);
    const auto pass = [&](std::chrono::nanoseconds time) { recorder.clock().advance(time); };
    auto lane = recorder.openLane({.sampleRate = 48'000, .keepOneIn = 1, .summaryInterval = 1ms});
    for (int i = 0; i < 3; ++i) {
        auto block = lane.block(480);
        pass(1ms);
        {
            auto filter = block.child("dsp.filter");
            filter.set("preset", "a \"bright\" one");
            pass(1ms);
            auto biquad = filter.child("dsp.biquad");
            pass(2ms);
        }
        pass(1ms);
    }
    {
        auto upload = recorder.span("audio.upload");
        auto encode = upload.child("audio.encode");
        pass(1ms);
    }
    return recorder.flush(10s) ? 0 : 1;
}
