// The floor under every span: two reads of its clock, in the same loop, chunk by chunk, as the spans are.
#include <string>

#include <benchmark/benchmark.h>

#include "support/opaque.h"
#include "support/policy_names.h"
#include "support/recording_loop.h"

namespace sidespan::bench {
namespace {

template <class Clock>
void clockPair(benchmark::State& state) {
    const Clock clock;
    const auto readTwice = [&] {
        need(clock.now());
        need(clock.now());
    };
    recordInChunks(state, chunkSpans, readTwice, [] {});
}

template <class Clock>
bool registerPair() {
    benchmark::RegisterBenchmark(("ClockPair/" + std::string(nameOf<Clock>)).c_str(), clockPair<Clock>);
    return true;
}

[[maybe_unused]] const bool isRegistered =
    registerPair<SteadyClock>() && registerPair<SystemClock>() && registerPair<TscClock>();

}
}
