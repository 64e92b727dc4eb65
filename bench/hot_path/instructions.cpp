// Runs under `valgrind --tool=callgrind --instr-atstart=no`: each case counts the instructions of so many
// spans and dumps them under the case's name and number of spans. The drain thread sleeps meanwhile, so that
// what is counted is the recording thread's.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>

#include <valgrind/callgrind.h>

#include <sidespan/clock/tsc_clock.h>
#include <sidespan/lock/null_lock.h>
#include <sidespan/lock/spin_lock.h>
#include <sidespan/native_json/native_json.h>
#include <sidespan/otlp/otlp_json.h>
#include <sidespan/otlp/otlp_protobuf.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>

#include "support/opaque.h"
#include "support/policy_names.h"
#include "support/recorded_batch.h"
#include "support/recording_loop.h"

namespace sidespan::bench {
namespace {

using namespace std::chrono_literals;

constexpr int spansCounted = 1'000;

/// Counts what `once()` runs, `times` times in a row, after a few times uncounted.
template <class Once>
void count(const std::string& name, int times, int spansEach, Once&& once) {
    constexpr int timesBefore = 50;
    for (int i = 0; i < timesBefore; ++i) once();
    const auto label = name + " " + std::to_string(times * spansEach);
    CALLGRIND_START_INSTRUMENTATION;
    CALLGRIND_ZERO_STATS;
    for (int i = 0; i < times; ++i) once();
    CALLGRIND_DUMP_STATS_AT(label.c_str());
    CALLGRIND_STOP_INSTRUMENTATION;
}

// The drain thread looks once, and then not before the case is over.
Config sleepyConfig() {
    Config config{.consent = Consent::granted};
    config.queue.capacityBytes = std::size_t{64} << 20U;
    config.queue.drainInterval = 10s;
    return config;
}

const LaneOptions keepingLane{.sampleRate = 48'000, .keepOverLoad = 0, .maxKeptPerSecond = 1e6};

void countLanes(const Texts& texts) {
    Recorder<TscClock, MemorySink, NullLock> recorder(sleepyConfig());
    auto lane = recorder.openLane({.sampleRate = 48'000, .capacityBytes = std::size_t{8} << 20U});
    count("LaneSpan/tsc/attrs:0", spansCounted, 1, [&] { auto span = lane.span("audio.upload"); });
    count("LaneSpan/tsc/attrs:2", spansCounted, 1, [&] {
        auto span = lane.span("audio.upload");
        setTwo(span, texts);
    });
    count("LaneBlockRewound/tsc", spansCounted, 1, [&] { auto block = lane.block(512); });
    auto keeping = recorder.openLane(keepingLane);
    count("LaneBlockKept/tsc", spansCounted / 4, 3, [&] {
        auto block = keeping.block(512);
        {
            auto filter = block.child("dsp.filter");
            setTwo(filter, texts);
        }
        auto reverb = block.child("dsp.reverb");
        setTwo(reverb, texts);
    });
    if (recorder.stats().dropped.total() != 0) std::puts("spans were dropped: the counts are no use");
}

template <class Lock>
void countRecording(const Texts& texts) {
    Recorder<TscClock, MemorySink, Lock> recorder(sleepyConfig());
    const std::string policies = "tsc/memory/" + std::string(nameOf<Lock>) + "/threads:1";
    count("RecordSpan/" + policies, spansCounted, 1, [&] {
        auto span = recorder.span("audio.upload");
        setTwo(span, texts);
    });
    count("RecordById/" + policies, spansCounted, 1, [&] {
        const auto span = recorder.startSpan("audio.upload");
        recorder.addAttribute(span, "file.name", texts.file);
        recorder.addAttribute(span, "codec", texts.codec);
        recorder.endSpan(span);
    });
}

void countNotGranted(const Texts& texts) {
    Recorder<TscClock, MemorySink, SpinLock> recorder{Config{}};
    count("SpanNotGranted", spansCounted, 1, [&] {
        auto span = recorder.span("audio.upload");
        setTwo(span, texts);
    });
}

template <SpanEncoding Encoding>
void countEncoding(const std::string& name,
                   RecordedBatch::Attributes attributes = RecordedBatch::Attributes::twoStrings) {
    const RecordedBatch batch(attributes);
    Encoding encoding;
    TextBuffer out;
    count(name, 4, static_cast<int>(RecordedBatch::size), [&] {
        out.clear();
        encoding.open(out, batch.resource());
        for (const auto span : batch.view()) encoding.append(out, span);
        encoding.close(out);
    });
}

void countClock() {
    const TscClock clock;
    count("ClockPair/tsc", spansCounted, 1, [&] {
        need(clock.now());
        need(clock.now());
    });
}

}
}

int main() {
    using namespace sidespan;
    using namespace sidespan::bench;
    if (!RUNNING_ON_VALGRIND) {
        std::fputs("this counts instructions under valgrind --tool=callgrind --instr-atstart=no\n", stderr);
        return 1;
    }
    const Texts texts;
    countClock();
    countLanes(texts);
    countRecording<NullLock>(texts);
    countRecording<SpinLock>(texts);
    countRecording<std::mutex>(texts);
    countNotGranted(texts);
    countEncoding<NativeJson>("EncodeNative");
    countEncoding<NativeJson>("EncodeNative/numbers", RecordedBatch::Attributes::intAndDouble);
    countEncoding<OtlpProtobuf>("EncodeOtlp");
    countEncoding<OtlpJson>("EncodeOtlpJson");
    return 0;
}
