#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <benchmark/benchmark.h>
#include <sidespan/recorder.h>

#include "support/policy_names.h"
#include "support/recording_loop.h"
#include "support/spin_barrier.h"
#include "support/temporary_directory.h"

namespace sidespan::bench {

/// The recorder that the threads of one benchmark share. Recorder, file and queue are new in every run.
template <class Clock, class Sink, class Lock>
class RecorderStage {
    using StageRecorder = Recorder<Clock, Sink, Lock>;

public:
    static constexpr bool isNull = std::same_as<Sink, NullSink>;

    RecorderStage()
        : recorder_(
              {.consent = Consent::granted,
               .file = {.path = isNull ? std::string() : (directory_.path() / "spans.jsonl").string()}}) {
        // Everything is allocated and started with the first span.
        static_cast<void>(recorder_.span("audio.first"));
        drainAlone();
    }

    [[nodiscard]] StageRecorder& recorder() noexcept { return recorder_; }

    /// Each thread calls it after its chunk; together they go on when everything has arrived at the sink.
    void drain(const benchmark::State& state) {
        barrier_.arriveAndWait(state.threads());
        if (state.thread_index() == 0) drainAlone();
        barrier_.arriveAndWait(state.threads());
    }

    void verify(benchmark::State& state) {
        if (hasStalled_) return state.SkipWithError("a flush took more than ten seconds");
        const auto each = static_cast<std::uint64_t>(state.iterations());
        const auto expected = isNull ? 0 : 1 + each * static_cast<std::uint64_t>(state.threads());
        bench::verify(state, recorder_.stats(), expected);
    }

private:
    void drainAlone() {
        hasStalled_ |= !recorder_.flush(std::chrono::seconds(10));
        if constexpr (std::same_as<Sink, MemorySink>) recorder_.sink().clear();
    }

    TemporaryDirectory directory_;
    StageRecorder recorder_;
    SpinBarrier barrier_;
    bool hasStalled_ = false;
};

/// How a span is recorded: on the stack.
struct ScopedRecording {
    static constexpr const char* name = "RecordSpan";
    template <class R>
    static SIDESPAN_ALWAYS_INLINE void record(R& recorder, const Texts& texts) noexcept {
        auto span = recorder.span("audio.upload");
        setTwo(span, texts);
    }
};

/// How a span is recorded: by its handle, in four calls.
struct RecordingById {
    static constexpr const char* name = "RecordById";
    template <class R>
    static SIDESPAN_ALWAYS_INLINE void record(R& recorder, const Texts& texts) noexcept {
        const auto span = recorder.startSpan("audio.upload");
        recorder.addAttribute(span, "file.name", texts.file);
        recorder.addAttribute(span, "codec", texts.codec);
        recorder.endSpan(span);
    }
};

template <class How, class Clock, class Sink, class Lock>
void recordSpans(benchmark::State& state) {
    // Made and ended by the first thread; the others see it between the library's two barriers alone.
    static std::unique_ptr<RecorderStage<Clock, Sink, Lock>> stage;
    const Texts texts;
    const bool isFirst = state.thread_index() == 0;
    if (isFirst) stage = std::make_unique<RecorderStage<Clock, Sink, Lock>>();
    recordInChunks(
        state, chunkSpans, [&] { How::record(stage->recorder(), texts); }, [&] { stage->drain(state); });
    if (!isFirst) return;
    stage->verify(state);
    stage.reset();
}

template <class How, class Clock, class Sink, class Lock>
void registerOne() {
    const auto name = std::string(How::name) + "/" + std::string(nameOf<Clock>) + "/" +
                      std::string(nameOf<Sink>) + "/" + std::string(nameOf<Lock>);
    auto* benchmark = benchmark::RegisterBenchmark(name.c_str(), recordSpans<How, Clock, Sink, Lock>);
    benchmark->Threads(1);
    if (!std::same_as<Lock, NullLock>) benchmark->Threads(2)->Threads(4);
}

/// Registers every clock and lock with this sink.
template <class Sink>
bool registerRecording() {
    BenchClocks::forEach([]<class Clock>() {
        BenchLocks::forEach([]<class Lock>() {
            registerOne<ScopedRecording, Clock, Sink, Lock>();
            registerOne<RecordingById, Clock, Sink, Lock>();
        });
    });
    return true;
}

}
