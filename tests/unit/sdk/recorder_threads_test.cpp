#include "probe_sink.h"
#include "recorders.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <sidespan/clock/steady_clock.h>

#include "support/latch.h"

namespace {

using namespace sidespan::test;
using sidespan::DropReason;

constexpr int spansPerThread = isSanitized ? 1'000 : 5'000;

/// Checks, on the drain thread, what arrives: whole spans, each once.
class Arrivals {
public:
    void take(const sidespan::SpanBatch& batch) {
        std::uint64_t inBatch = 0;
        for (const auto span : batch) {
            ++inBatch;
            isWhole_ &= span.name() == "stress" && take(span);
            isUnique_ &= ids_.insert(span.spanId().value()).second;
        }
        isWhole_ &= inBatch == batch.size();
        count_ += inBatch;
    }
    [[nodiscard]] bool isWhole() const { return isWhole_; }
    [[nodiscard]] bool isUnique() const { return isUnique_; }
    [[nodiscard]] std::uint64_t count() const { return count_; }

private:
    // thread, sequence, text and check, which repeats the text
    bool take(sidespan::SpanView span) {
        std::int64_t thread = -1;
        std::int64_t sequence = -1;
        std::string_view text;
        std::string_view check;
        for (const auto attribute : span.attributes()) {
            if (attribute.key == "thread") thread = std::get<std::int64_t>(attribute.value);
            if (attribute.key == "sequence") sequence = std::get<std::int64_t>(attribute.value);
            if (attribute.key == "text") text = std::get<std::string_view>(attribute.value);
            if (attribute.key == "check") check = std::get<std::string_view>(attribute.value);
        }
        isUnique_ &= seen_.insert({thread, sequence}).second;
        return thread >= 0 && sequence >= 0 && text == check &&
               text.size() == static_cast<std::size_t>(sequence) % 60;
    }

    bool isWhole_ = true;
    bool isUnique_ = true;
    std::uint64_t count_ = 0;
    std::set<std::uint64_t> ids_;
    std::set<std::pair<std::int64_t, std::int64_t>> seen_;
};

template <class Lock>
class RecorderOfThreads : public ::testing::Test {
protected:
    using Recorder = sidespan::Recorder<sidespan::SteadyClock, ProbeSink, Lock>;

    // Records from `threads` threads at once; what they count themselves is what they began.
    std::uint64_t recordFrom(Recorder& recorder, int threads) {
        recorder.sink().onConsume = [this](const auto& batch) { arrivals.take(batch); };
        Latch allThere(threads);
        std::atomic<std::uint64_t> begun{0};
        std::vector<std::thread> workers;
        for (int thread = 0; thread < threads; ++thread) {
            workers.emplace_back([&, thread] {
                allThere.arriveAndWait();
                begun += record(recorder, thread);
            });
        }
        for (auto& worker : workers) worker.join();
        return begun;
    }

    static std::uint64_t record(Recorder& recorder, int thread) {
        const std::string text(60, 'x');
        for (int sequence = 0; sequence < spansPerThread; ++sequence) {
            const auto part = std::string_view(text).substr(0, static_cast<std::size_t>(sequence) % 60);
            const auto describe = [&](auto& span) {
                span.set("thread", thread);
                span.set("sequence", sequence);
                span.set("text", part);
                span.set("check", part);
            };
            if (sequence % 3 == 0) {
                auto span = recorder.openSpan("stress");
                describe(span);
            } else {
                auto span = recorder.span("stress");
                describe(span);
            }
        }
        return spansPerThread;
    }

    void expectConserved(Recorder& recorder, std::uint64_t begun) {
        EXPECT_TRUE(recorder.flush(patience));
        const auto stats = recorder.stats();
        EXPECT_EQ(stats.recorded, begun);
        EXPECT_EQ(stats.delivered, arrivals.count());
        EXPECT_EQ(stats.delivered + stats.dropped[DropReason::queueFull], begun);
        EXPECT_EQ(stats.queued, 0U);
        EXPECT_TRUE(stats.isConserved());
        EXPECT_TRUE(arrivals.isWhole());
        EXPECT_TRUE(arrivals.isUnique());
    }

    Arrivals arrivals;
};
TYPED_TEST_SUITE(RecorderOfThreads, ThreadedLocks, LockNames);

TYPED_TEST(RecorderOfThreads, DeliversEverySpanWholeAndOnce) {
    auto config = granted();
    config.queue.capacityBytes = std::size_t{64} << 20U;
    typename TestFixture::Recorder recorder(config);
    const auto begun = this->recordFrom(recorder, 4);
    this->expectConserved(recorder, begun);
    EXPECT_EQ(recorder.stats().delivered, begun);
}

TYPED_TEST(RecorderOfThreads, LosesNoCountWhenTheQueueIsTooSmall) {
    typename TestFixture::Recorder recorder(grantedWithSmallQueue());
    const auto begun = this->recordFrom(recorder, 4);
    this->expectConserved(recorder, begun);
}

TYPED_TEST(RecorderOfThreads, ServesMoreThreadsThanThereAreShards) {
    auto config = granted();
    config.queue.capacityBytes = std::size_t{128} << 20U;
    typename TestFixture::Recorder recorder(config);
    const auto begun = this->recordFrom(recorder, 12);
    this->expectConserved(recorder, begun);
    EXPECT_EQ(recorder.stats().delivered, begun);
}

TYPED_TEST(RecorderOfThreads, CountsWhatItDropsWhileTheSinkStandsStill) {
    typename TestFixture::Recorder recorder(grantedWithSmallQueue());
    Moment isInside;
    Moment isReleased;
    bool isFirst = true;
    recorder.sink().onConsume = [&](const auto&) {
        if (std::exchange(isFirst, false)) {
            isInside.come();
            EXPECT_TRUE(isReleased.waitFor(patience));
        }
    };
    { auto span = recorder.span("first"); }
    std::thread flusher([&] { static_cast<void>(recorder.flush(patience)); });
    ASSERT_TRUE(isInside.waitFor(patience));
    // One thread's shard holds 128 records of 64 bytes.
    for (int i = 0; i < 1000; ++i) auto span = recorder.span("a");
    EXPECT_EQ(recorder.stats().dropped[DropReason::queueFull], 1000U - 128U);
    isReleased.come();
    flusher.join();
    EXPECT_TRUE(recorder.flush(patience));
    EXPECT_EQ(recorder.sink().received, 129U);
    EXPECT_TRUE(recorder.stats().isConserved());
}

TYPED_TEST(RecorderOfThreads, CallsTheDrainThreadWhenABufferIsHalfFull) {
    typename TestFixture::Recorder recorder(grantedWithSmallQueue());
    Moment isDrained;
    bool isFirst = true;
    recorder.sink().onConsume = [&](const auto&) {
        if (std::exchange(isFirst, false)) isDrained.come();
    };
    for (int i = 0; i < 64; ++i) auto span = recorder.span("a");
    EXPECT_TRUE(isDrained.waitFor(std::chrono::seconds(8))) << "before the interval of 10 s";
}

TYPED_TEST(RecorderOfThreads, ServesStatsAndContextsMeanwhile) {
    typename TestFixture::Recorder recorder(granted());
    std::atomic<bool> isOver{false};
    std::thread reader([&] {
        while (!isOver) static_cast<void>(recorder.stats());
    });
    auto shared = recorder.openSpan("shared");
    std::thread namer([&, context = shared.context()] {
        for (int i = 0; i < spansPerThread; ++i) EXPECT_TRUE(recorder.span("a", context).context().isValid());
    });
    const auto begun = TestFixture::record(recorder, 0);
    namer.join();
    isOver = true;
    reader.join();
    shared.end();
    EXPECT_TRUE(recorder.flush(patience));
    EXPECT_EQ(recorder.stats().recorded, begun + spansPerThread + 1);
    EXPECT_TRUE(recorder.stats().isConserved());
}

TYPED_TEST(RecorderOfThreads, LetsThreadsShareOneSpanByHandle) {
    typename TestFixture::Recorder recorder(granted());
    std::uint64_t attributes = 0;
    recorder.sink().onConsume = [&](const sidespan::SpanBatch& batch) {
        for (const auto span : batch) {
            for (const auto event : span.events()) attributes += event.name == "seen" ? 1U : 0U;
        }
    };
    const auto handle = recorder.startSpan("shared");
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int k = 0; k < 35; ++k) recorder.recordEvent(handle, "seen");
        });
    }
    for (auto& thread : threads) thread.join();
    recorder.endSpan(handle);
    EXPECT_TRUE(recorder.flush(patience));
    EXPECT_EQ(attributes, 140U);
}

}
