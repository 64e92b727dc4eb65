#include <atomic>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan/detail/record/head_sampler.h>
#include <sidespan/propagation/inject.h>
#include <sidespan/sampler.h>
#include <sidespan/sink_memory/testing.h>

#include "recorders.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;
using detail::HeadSampler;
using testing::hasName;
using testing::only;
using testing::recorded;

using SampledRecorder = MemoryRecorder<NullLock>;

Config sampledBy(Sampler sampler) {
    Config config = granted();
    config.sampler = sampler;
    return config;
}

SpanContext remoteParent(TraceFlags flags) {
    return {TraceId(0x0f8fad5bd9cb469f, 0xa16570867728950e), SpanId(0x00f067aa0ba902b7), flags, true};
}

TEST(Sampler, IsParentBasedAndOtherwiseAlwaysOnByDefault) {
    EXPECT_EQ(Sampler(), Sampler::parentBased(Sampler::alwaysOn()));
    EXPECT_NE(Sampler(), Sampler::alwaysOn());
    EXPECT_EQ(Config().sampler, Sampler());
}

TEST(Sampler, IsCheckedWithTheConfiguration) {
    for (const auto& [sampler, held] : std::map<double, std::string>{{-0.1, "-0.1"}, {1.5, "1.5"}}) {
        const auto error = check(sampledBy(Sampler::probability(sampler)));
        ASSERT_TRUE(error);
        EXPECT_EQ(error->message,
                  "Config::sampler is probability(" + held + "); it must be a share from 0 to 1");
    }
    const auto error = check(sampledBy(Sampler::parentBased(Sampler::rateLimited(0))));
    ASSERT_TRUE(error);
    EXPECT_EQ(error->message,
              "Config::sampler is rateLimited(0); it must be from 0.001 to 1000000 traces a second");
    EXPECT_FALSE(check(sampledBy(Sampler::probability(0))));
    EXPECT_FALSE(check(sampledBy(Sampler::rateLimited(1e6))));
    EXPECT_EQ(detail::differingFields(granted(), sampledBy(Sampler::alwaysOff())), "sampler");
}

// Every kind of handle off lanes, each with a child: six spans.
void recordSix(SampledRecorder& recorder, const SpanContext& parent, std::vector<SpanContext>& contexts) {
    auto scoped = recorder.span("scoped", parent);
    scoped.set("key", 1);
    auto scopedChild = scoped.child("scoped child");
    auto open = recorder.openSpan("open", parent);
    open.event("began");
    auto openChild = open.child("open child");
    openChild.setStatus(SpanStatus::error, "why");
    const auto byHandle = recorder.startSpan("by handle", parent);
    recorder.addAttribute(byHandle, "key", "text");
    recorder.recordEvent(byHandle, "began");
    const auto within = recorder.startSpan("within", recorder.contextOf(byHandle));
    for (const auto& context : {scoped.context(), scopedChild.context(), open.context(), openChild.context(),
                                recorder.contextOf(byHandle), recorder.contextOf(within)}) {
        contexts.push_back(context);
    }
    recorder.endSpan(within);
    recorder.endSpan(byHandle, SpanStatus::error, "why");
}

void expectNotSampled(SampledRecorder& recorder, const std::vector<SpanContext>& contexts) {
    for (const auto& context : contexts) {
        EXPECT_TRUE(context.isValid());
        EXPECT_FALSE(context.isSampled());
    }
    EXPECT_TRUE(recorded(recorder).empty());
    const auto stats = recorder.stats();
    EXPECT_EQ(stats.notSampled, contexts.size());
    EXPECT_EQ(stats.recorded, contexts.size());
    EXPECT_EQ(stats.delivered, 0U);
    EXPECT_TRUE(stats.isConserved());
}

TEST(Sampler, ObeysARemoteParentThatIsNotSampled) {
    SampledRecorder recorder(granted());
    std::vector<SpanContext> contexts;
    recordSix(recorder, remoteParent(TraceFlags::none), contexts);
    expectNotSampled(recorder, contexts);
    for (const auto& context : contexts) {
        EXPECT_EQ(context.traceId, remoteParent({}).traceId);
        EXPECT_EQ(context.flags, TraceFlags::none);
        EXPECT_NE(context.spanId, remoteParent({}).spanId);
    }
}

TEST(Sampler, RecordsTheChildOfARemoteParentThatIsSampled) {
    for (const auto root : {Sampler::alwaysOff(), Sampler::alwaysOn(), Sampler::probability(0)}) {
        SampledRecorder recorder(sampledBy(Sampler::parentBased(root)));
        std::vector<SpanContext> contexts;
        recordSix(recorder, remoteParent(TraceFlags::sampled), contexts);
        EXPECT_EQ(recorded(recorder).size(), 6U);
        EXPECT_EQ(recorder.stats().notSampled, 0U);
        for (const auto& context : contexts) EXPECT_EQ(context.flags, TraceFlags::sampled);
    }
}

TEST(Sampler, AlwaysOnRecordsWhateverARemoteParentSaid) {
    SampledRecorder recorder(sampledBy(Sampler::alwaysOn()));
    std::vector<SpanContext> contexts;
    recordSix(recorder, remoteParent(TraceFlags::none), contexts);
    EXPECT_EQ(recorded(recorder).size(), 6U);
    for (const auto& context : contexts) EXPECT_TRUE(context.isSampled());
}

TEST(Sampler, AlwaysOffRecordsNothingAndSaysSoToOthers) {
    for (const auto flags : {TraceFlags::none, TraceFlags::sampled}) {
        SampledRecorder recorder(sampledBy(Sampler::alwaysOff()));
        std::vector<SpanContext> contexts;
        recordSix(recorder, remoteParent(flags), contexts);
        expectNotSampled(recorder, contexts);
    }
    SampledRecorder recorder(sampledBy(Sampler::alwaysOff()));
    std::vector<SpanContext> contexts;
    recordSix(recorder, {}, contexts);
    expectNotSampled(recorder, contexts);
    std::map<std::string, std::string> headers;
    inject(contexts[0], headers);
    EXPECT_EQ(headers.at("traceparent").substr(53), "00");
}

TEST(Sampler, LeavesEveryValueUncomputedOfASpanThatIsNotSampled) {
    SampledRecorder recorder(sampledBy(Sampler::alwaysOff()));
    int calls = 0;
    const auto count = [&calls] { return ++calls; };
    auto scoped = recorder.span("scoped");
    EXPECT_FALSE(scoped.isRecording());
    scoped.set("key", count);
    auto open = recorder.openSpan("open");
    EXPECT_FALSE(open.isRecording());
    open.set("key", count);
    EXPECT_EQ(calls, 0);
}

class CountingClock : public ManualClock {
public:
    [[nodiscard]] std::uint64_t now() const noexcept {
        reads_.fetch_add(1, std::memory_order_relaxed);
        return ManualClock::now();
    }
    [[nodiscard]] int reads() const noexcept { return reads_.load(std::memory_order_relaxed); }

private:
    mutable std::atomic<int> reads_{0};
};

// What off lanes can be said of a root and its children.
void saySomething(Recorder<CountingClock, MemorySink, NullLock>& recorder) {
    const std::runtime_error error("full");
    const auto say = [&](auto& span) {
        span.event("happened", attr("attempt", 1));
        span.recordException(error);
        span.setStatus(SpanStatus::error, "full");
    };
    auto scoped = recorder.span("scoped");
    auto within = scoped.child("within");
    say(within);
    auto open = recorder.openSpan("open", scoped);
    auto openChild = open.child("child");
    say(openChild);
    const auto handle = recorder.startSpan("handle", scoped);
    recorder.addAttribute(handle, "attempt", 1);
    recorder.recordEvent(handle, "happened");
    recorder.recordException(handle, error);
    recorder.endSpan(handle);
}

TEST(Sampler, CostsNoClockReadsWhereNothingIsSampled) {
    const auto readsFor = [](Sampler sampler) {
        Recorder<CountingClock, MemorySink, NullLock> recorder(sampledBy(sampler));
        { auto first = recorder.span("first"); }
        const int before = recorder.clock().reads();
        saySomething(recorder);
        return recorder.clock().reads() - before;
    };
    EXPECT_EQ(readsFor(Sampler::alwaysOff()), 0);
    EXPECT_EQ(readsFor(Sampler::probability(0)), 0);
    EXPECT_EQ(readsFor(Sampler::rateLimited(0.001)), 1) << "for its root";
    EXPECT_EQ(readsFor(Sampler::alwaysOn()), 16) << "two for each span, one for each event";
}

TEST(Sampler, OfALocalParentIsNotAskedAgain) {
    SampledRecorder off(sampledBy(Sampler::alwaysOff()));
    SampledRecorder on(sampledBy(Sampler::alwaysOn()));
    {
        auto root = off.span("root");
        auto other = on.span("other", root);
        EXPECT_FALSE(other.context().isSampled());
        EXPECT_EQ(other.context().traceId, root.context().traceId);
        auto sampledRoot = on.span("root");
        auto kept = off.span("kept", sampledRoot);
        EXPECT_TRUE(kept.isRecording());
    }
    EXPECT_EQ(off.stats().notSampled, 1U);
    EXPECT_EQ(on.stats().notSampled, 1U);
    EXPECT_EQ(only(recorded(off), hasName("kept")).parentSpanId.size(), 16U);
}

TEST(Sampler, LosesContextsThatAreNotSampledWithTheConsent) {
    Config config = sampledBy(Sampler::alwaysOff());
    SampledRecorder recorder(config);
    auto scoped = recorder.span("scoped");
    auto open = recorder.openSpan("open");
    EXPECT_TRUE(scoped.context().isValid());
    config.consent.set(Consent::denied);
    EXPECT_FALSE(scoped.context().isValid());
    EXPECT_FALSE(open.context().isValid());
    EXPECT_FALSE(open.child("child").context().isValid());
    config.consent.set(Consent::granted);
    EXPECT_FALSE(scoped.context().isValid());
    auto child = scoped.child("child");
    EXPECT_FALSE(child.context().isValid());
}

TEST(Sampler, RecordsNothingWithoutConsent) {
    Config config;
    config.sampler = Sampler::probability(1);
    SampledRecorder recorder(config);
    { auto span = recorder.span("span"); }
    EXPECT_EQ(recorder.stats(), Stats());
    config.consent.set(Consent::granted);
    { auto span = recorder.span("span"); }
    EXPECT_EQ(recorded(recorder).size(), 1U);
}

TEST(Sampler, KeepsTheShareOfTracesThatProbabilitySays) {
    constexpr std::size_t roots = 20'000;
    for (const double share : {0.0, 0.1, 0.5, 1.0}) {
        Config config = sampledBy(Sampler::probability(share));
        config.queue.capacityBytes = std::size_t{64} << 20U;
        SampledRecorder recorder(config);
        std::size_t sampled = 0;
        for (std::size_t i = 0; i < roots; ++i) {
            auto root = recorder.span("root");
            auto child = root.child("child");
            sampled += root.isRecording() ? 1 : 0;
            EXPECT_EQ(child.isRecording(), root.isRecording());
            // As OpenTelemetry has it: the last 56 bits of the id decide.
            const std::uint64_t randomness = root.context().traceId.low() & 0xff'ffff'ffff'ffffU;
            const double threshold = (1 - share) * static_cast<double>(std::uint64_t{1} << 56U);
            EXPECT_EQ(root.isRecording(), static_cast<double>(randomness) >= threshold);
        }
        EXPECT_NEAR(static_cast<double>(sampled), share * roots, 600);
        recorder.flush(patience);
        EXPECT_EQ(recorder.stats().delivered, 2 * sampled);
        EXPECT_EQ(recorder.stats().notSampled, 2 * (roots - sampled));
        EXPECT_TRUE(recorder.stats().isConserved());
    }
}

TEST(Sampler, DecidesARemoteTraceByItsIdWhereItIsNotParentBased) {
    SampledRecorder recorder(sampledBy(Sampler::probability(0.5)));
    constexpr std::uint64_t half = std::uint64_t{1} << 55U;
    const auto isRecorded = [&](std::uint64_t low, TraceFlags flags) {
        return recorder.span("served", SpanContext{TraceId(1, low), SpanId(1), flags, true}).isRecording();
    };
    EXPECT_TRUE(isRecorded(0xff00'0000'0000'0000U | half, TraceFlags::none));
    EXPECT_FALSE(isRecorded(0xff00'0000'0000'0000U | (half - 1), TraceFlags::sampled));
}

TEST(Sampler, LimitsTracesASecond) {
    SampledRecorder recorder(sampledBy(Sampler::rateLimited(10)));
    const auto countSampled = [&](int roots) {
        int sampled = 0;
        for (int i = 0; i < roots; ++i) sampled += recorder.span("root").isRecording() ? 1 : 0;
        return sampled;
    };
    EXPECT_EQ(countSampled(100), 10);
    recorder.clock().advance(99ms);
    EXPECT_EQ(countSampled(100), 0);
    recorder.clock().advance(1ms);
    EXPECT_EQ(countSampled(100), 1);
    recorder.clock().advance(450ms);
    EXPECT_EQ(countSampled(100), 4);
    recorder.clock().advance(1h);
    EXPECT_EQ(countSampled(100), 10);
    recorder.flush(patience);
    EXPECT_EQ(recorder.stats().delivered, 25U);
    EXPECT_EQ(recorder.stats().notSampled, 475U);
}

TEST(Sampler, LimitsLessThanOneTraceASecond) {
    HeadSampler sampler(Sampler::rateLimited(0.01));
    sampler.setTicksPerSecond(1000);
    const auto asks = [&](std::uint64_t now) {
        return sampler.samplesRoot(detail::IdKeys(), 1, [now] { return now; });
    };
    EXPECT_TRUE(asks(5));
    EXPECT_FALSE(asks(100'004));
    EXPECT_TRUE(asks(100'005));
    EXPECT_FALSE(asks(200'004));
}

// An hour of nothing would be worse than one trace too many.
TEST(Sampler, GoesOnWhenTheClockIsSetBack) {
    HeadSampler sampler(Sampler::rateLimited(1));
    sampler.setTicksPerSecond(1000);
    const auto asks = [&](std::uint64_t now) {
        return sampler.samplesRoot(detail::IdKeys(), 1, [now] { return now; });
    };
    EXPECT_TRUE(asks(10'000'000));
    EXPECT_FALSE(asks(500));
    EXPECT_FALSE(asks(1'499));
    EXPECT_TRUE(asks(1'500));
}

// A thread that is paused after it read the clock must not get traces beyond the limit.
TEST(Sampler, GivesNoMoreTracesToAThreadThatReadTheClockEarlier) {
    HeadSampler sampler(Sampler::rateLimited(10));
    sampler.setTicksPerSecond(1000);
    const auto asks = [&](std::uint64_t now) {
        return sampler.samplesRoot(detail::IdKeys(), 1, [now] { return now; });
    };
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(asks(10'000));
    EXPECT_FALSE(asks(9'500));
    EXPECT_FALSE(asks(10'000));
    EXPECT_TRUE(asks(10'100));
}

TEST(Sampler, SharesTheLimitBetweenThreads) {
    constexpr int threads = 4;
    HeadSampler sampler(Sampler::rateLimited(1000));
    sampler.setTicksPerSecond(1e9);
    std::atomic<int> sampled{0};
    std::vector<std::thread> asking;
    for (int i = 0; i < threads; ++i) {
        asking.emplace_back([&] {
            for (int ask = 0; ask < 5'000; ++ask)
                sampled += sampler.samplesRoot(detail::IdKeys(), 1, [] { return 1U; }) ? 1 : 0;
        });
    }
    for (auto& thread : asking) thread.join();
    EXPECT_EQ(sampled, 1000);
}

// Another thread must not reduce what is recorded.
TEST(Sampler, IsAskedByManyThreadsAtOnce) {
    MemoryRecorder<std::mutex> recorder(sampledBy(Sampler::probability(0.5)));
    constexpr int threads = 4;
    constexpr std::uint64_t spansEach = 1'000;
    std::vector<std::thread> recording;
    for (int i = 0; i < threads; ++i) {
        recording.emplace_back([&] {
            for (std::uint64_t span = 0; span < spansEach; ++span) {
                auto root = recorder.span("root");
                auto child = recorder.openSpan("child", root);
                EXPECT_EQ(child.isRecording(), root.isRecording());
            }
        });
    }
    for (auto& thread : recording) thread.join();
    EXPECT_TRUE(recorder.flush(patience));
    const auto stats = recorder.stats();
    EXPECT_EQ(stats.recorded, threads * spansEach * 2);
    EXPECT_GT(stats.notSampled, 0U);
    EXPECT_GT(stats.delivered, 0U);
    EXPECT_TRUE(stats.isConserved());
}

}
}
